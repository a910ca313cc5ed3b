import { stat } from 'node:fs/promises';
import type { ColumnSpec } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import { argumentError } from '../arguments/argument-error.ts';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { GivenValue } from '../arguments/parse-set.ts';
import { withValues } from '../arguments/set-values.ts';
import { readJsonFile } from '../read-json-file.ts';

/** The spec that `calve patch` has stored for an ingestion, as it stands in its file; null: there is none. */
export async function readStoredSpec(path: string, workingDirectory: string): Promise<Json | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : ((await readJsonFile(path, 'spec', workingDirectory)) as Json);
}

/**
 * A stored spec with what the options of this command say on top of it. The landing folder is the one that was named: it may have been moved.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): another table is named than the spec loads into.
 */
export function withOptions(stored: Json, landing: string, given: CommandArguments): Json {
  const table = valueAt(stored, ['outputs', '0', 'options', 'table']);
  if (given.table !== undefined && given.table !== table)
    throw argumentError(
      `--table ${given.table}: the stored spec loads into ${String(table)}. Give another --id for another table, or edit the spec.`,
      given.command,
    );
  const values: GivenValue[] = [{ option: '<landing>', path: ['input', 'options', 'path'], value: landing }];
  if (given.pattern !== undefined)
    values.push({ option: '--pattern', path: ['input', 'options', 'pattern'], value: given.pattern });
  for (const [name, column] of Object.entries(given.columns ?? {})) {
    const path = ['outputs', '0', 'columns', name];
    values.push({ option: '--columns', path, value: withColumn(valueAt(stored, path), column) });
  }
  for (const [name, value] of Object.entries(given.limits?.spec ?? {}))
    values.push({ option: '--limits', path: ['limits', name], value });
  return withValues(stored, values);
}

function withColumn(before: Json | undefined, column: ColumnSpec): Json {
  const known = before !== null && typeof before === 'object' && !Array.isArray(before) ? before : {};
  return { ...known, ...(column as unknown as Record<string, Json>) };
}

function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const segment of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<string, Json>)[segment];
  }
  return current;
}
