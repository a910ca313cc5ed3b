import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { isOverwrite } from '../plan/is-overwrite.ts';
import type { StagedFiles } from '../sink/table-writer.ts';

/**
 * What people should know of a batch that replaces rows before it is committed: an overwrite without rows leaves the table as it is, a corrected
 * file without rows takes those that it had, and one of whose earlier rows some were not found leaves them there. Pure.
 *
 * @param records Of the units that were loaded, with what the writer found out.
 * @param main Of the first output.
 */
export function rewriteFindings(plan: IngestionPlan, records: readonly UnitRecord[], main: StagedFiles): Diagnostic[] {
  const [output] = plan.program.outputs;
  if (!output) return [];
  if (isOverwrite(plan)) {
    if (main.rows > 0) return [];
    const message =
      'None of the new files has a row that could be written, so nothing of the table is replaced: an overwrite without rows leaves it as it is.';
    return [{ code: 'OVERWRITE_EMPTY', severity: 'warning', message }];
  }
  const byKey = new Map(records.map((record) => [record.unit.key, record]));
  return plan.batch.units.flatMap(({ unit, replaces }): Diagnostic[] => {
    if (!replaces) return [];
    const { written, replaced: found } = byKey.get(unit.key)?.counts?.[output.name] ?? { written: 0, replaced: 0 };
    const findings: Diagnostic[] = [];
    const warn = (code: Diagnostic['code'], message: string): void => {
      findings.push({ code, severity: 'warning', message, at: { unit: unit.key } });
    };
    const name = unit.kind === 'object' ? unit.uri : unit.key;
    if (written === 0 && found > 0)
      warn('CORRECTION_EMPTY', `${name} has no row any more that could be written; ${rowsThatWent(found)} from the table.`);
    // A merge may have replaced rows of the file by those of others since.
    const loaded = output.mode.kind === 'append' ? loadedRows(replaces, output.name) : null;
    if (loaded !== null && found < loaded)
      warn(
        'REPLACED_ROWS_MISSING',
        `${loaded} rows were loaded from ${name} before, and ${found} that name it were found in the table and replaced. ` +
          'The others were deleted by somebody, or do not name their file, and then they are still there.',
      );
    return findings;
  });
}

function rowsThatWent(rows: number): string {
  return rows === 1 ? 'the row that was loaded from it before goes' : `the ${rows} rows that were loaded from it before go`;
}

/** As they were counted when they were loaded; null: nobody counted. The same rows under a newer identity of the file count once. */
function loadedRows(replaces: readonly UnitRecord[], output: string): number | null {
  let rows = 0;
  for (const { counts, finding } of replaces) {
    if (counts === null) return null;
    if (finding?.code !== 'OBJECT_UNCHANGED') rows += counts[output]?.written ?? 0;
  }
  return rows;
}
