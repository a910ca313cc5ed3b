import type { ExternalAccess, Program, ProgramOutput } from '@calve/core/plugin';
import type { Refusals } from './refusal.ts';
import { createTable } from './sql/create-table.ts';
import { sqlName } from './sql/literal.ts';
import { sparkType } from './sql/spark-type.ts';

/** The table that rows go to, and how Spark reaches it. */
export interface TargetTable {
  output: ProgramOutput;
  /** In SQL, with its catalog. */
  name: string;
  /** Its columns as the members of a Spark schema. */
  columns: string[];
  /** Statements that make it; null: it is there. */
  create: { namespace: string; table: string } | null;
  conf: Record<string, string>;
  /** Maven coordinates. */
  packages: string[];
}

/** The table of a program. Everything about it that Spark cannot do alike is added to `refusals`; null: nothing can be said without it. */
export function targetTable(program: Program, refusals: Refusals): TargetTable | null {
  const refuse = (problem: string): void => refusals.add('SPARK_OUTPUT_UNSUPPORTED', problem);
  const [output, ...others] = program.outputs;
  if (output?.rows !== 'accepted') {
    refuse('The first output does not take the accepted rows.');
    return null;
  }
  for (const { name, rows } of others) {
    if (rows !== 'rejected') refuse(`Output "${name}": more than one table is not printed yet.`);
  }
  if (output.mode.kind !== 'append')
    refuse(`Output "${output.name}": the mode "${output.mode.kind}" is not printed yet, only "append".`);
  const { access } = output;
  if (access.kind === 'none' || access.table === undefined) {
    const reason = access.kind === 'none' ? access.reason : 'its sink does not say what Spark calls it';
    refuse(`Output "${output.name}": Spark cannot reach the table: ${reason}.`);
    return null;
  }
  const levels = access.table;
  return refusals.attempt(`Output "${output.name}"`, () => printed(output, levels, program.access, access, refuse), null);
}

function printed(
  output: ProgramOutput,
  levels: readonly string[],
  source: ExternalAccess,
  table: ExternalAccess & { kind: 'spark' },
  refuse: (problem: string) => void,
): TargetTable {
  if (source.kind === 'none') refuse(`Spark cannot reach the files: ${source.reason}.`);
  const reached = source.kind === 'none' ? [table] : [source, table];
  const conf: Record<string, string> = {};
  for (const [name, value] of reached.flatMap((access) => Object.entries(access.conf))) {
    if (typeof value === 'string') conf[name] = value;
    else refuse(`The setting ${name} is a secret, and secrets are not printed yet.`);
  }
  // Another engine writes to the same table: what was read of it must not be kept.
  conf[`spark.sql.catalog.${levels[0]}.cache-enabled`] = 'false';
  const name = levels.map(sqlName).join('.');
  return {
    output,
    name,
    columns: output.fields.map((field) => `${sqlName(field.name)} ${sparkType(field.type)}`),
    create: creation(output, name, levels, refuse),
    conf: Object.fromEntries(Object.entries(conf).sort(([a], [b]) => (a < b ? -1 : 1))),
    packages: [...new Set(reached.flatMap(({ jars }) => jars))],
  };
}

function creation(
  { name: output, changes, fields }: ProgramOutput,
  name: string,
  levels: readonly string[],
  refuse: (problem: string) => void,
): TargetTable['create'] {
  const [change, ...more] = changes;
  if (change === undefined) return null;
  if (change.kind !== 'create-table' || more.length > 0) {
    refuse(
      `Output "${output}": changing a table is not printed yet. Apply one plan in process, which changes it, then plan again.`,
    );
    return null;
  }
  const statement = createTable(name, change, fields);
  if ('sql' in statement)
    return { namespace: `CREATE NAMESPACE IF NOT EXISTS ${levels.slice(0, -1).map(sqlName).join('.')}`, table: statement.sql };
  refuse(`Output "${output}": ${statement.problem}.`);
  return null;
}
