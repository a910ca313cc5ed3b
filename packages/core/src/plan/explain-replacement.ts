import type { IngestionPlan } from './ingestion-plan.ts';

const SHOWN = 5;

/**
 * What a plan takes out of its table, a sentence each; none: it only adds. Which rows those are is found out when the batch is staged, on the table as
 * it is then.
 *
 * @param names Of units, by key.
 */
export function replacementLines({ batch, program }: IngestionPlan, names: ReadonlyMap<string, string>): string[] {
  const [main] = program.outputs;
  if (!main || batch.units.length === 0) return [];
  return [...modeLines(main.mode), ...correctedLines(batch, main.name, names)].map((line) => `  ${line}`);
}

function modeLines(mode: IngestionPlan['program']['outputs'][number]['mode']): string[] {
  switch (mode.kind) {
    case 'append':
      return [];
    case 'overwrite-table':
      return ['all rows of the table, by the rows of these files'];
    case 'overwrite-partitions':
      return ['all rows of each partition that these files have rows for; of a table without partitions all rows'];
    case 'merge': {
      const { keys, newest } = mode;
      const unless = newest.length === 0 ? '' : `, unless those are newer by ${newest.join(', ')}`;
      return [`rows with the same ${keys.join(', ')}${unless}; of several new ones the newest is kept`];
    }
  }
}

function correctedLines({ units }: IngestionPlan['batch'], output: string, names: ReadonlyMap<string, string>): string[] {
  const corrected = units.filter(({ replaces }) => replaces !== undefined);
  const lines = corrected.slice(0, SHOWN).map(({ unit, replaces = [] }) => {
    const counted = replaces.filter(({ finding }) => finding?.code !== 'OBJECT_UNCHANGED');
    const rows = counted.reduce((sum, { counts }) => sum + (counts?.[output]?.written ?? 0), 0);
    return `the ${rows} rows that were loaded from ${names.get(unit.key) ?? unit.key} before, by those that it has now`;
  });
  const rest = corrected.length - lines.length;
  return rest > 0 ? [...lines, `… and those of ${rest} more files`] : lines;
}
