import type { ColumnType, Diagnostic } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import { columnEntry } from '../arguments/parse-columns.ts';
import { shellWord } from './shell-word.ts';

/** One way out of a finding, for people. `needsSpec`: no option of the command line does it. */
export interface FixText {
  text: string;
  needsSpec: boolean;
}

/** What to do about a finding: as an option of the command line where there is one, otherwise as a change of the spec. */
export function fixText({ title, specPatch }: NonNullable<Diagnostic['fixes']>[number], hasSpecFile: boolean): FixText {
  const option = hasSpecFile ? null : columnOption(specPatch);
  if (option !== null) return { text: `${title}: ${option}`, needsSpec: false };
  return { text: `${title}: in the spec, ${specPatch.map(operationText).join(', ')}`, needsSpec: true };
}

/** The patch that gives a column a type, as `--columns`. */
function columnOption(specPatch: readonly Json[]): string | null {
  const [patch] = specPatch;
  if (specPatch.length !== 1 || patch === undefined) return null;
  const { op, path, value } = patch as { op?: Json; path?: Json; value?: Json };
  if ((op !== 'add' && op !== 'replace') || typeof path !== 'string') return null;
  const found = /^\/outputs\/0\/columns\/([^/]+)(\/type)?$/.exec(path);
  if (found?.[1] === undefined) return null;
  const type = found[2] === undefined ? onlyType(value) : value;
  if (type === undefined) return null;
  const name = found[1].replaceAll('~1', '/').replaceAll('~0', '~');
  const entry = columnEntry(name, type as unknown as ColumnType);
  return entry === null ? null : `--columns ${shellWord(entry)}`;
}

function onlyType(value: Json | undefined): Json | undefined {
  const { type, ...rest } = (value ?? {}) as { type?: Json };
  return Object.keys(rest).length === 0 ? type : undefined;
}

function operationText(operation: Json): string {
  const { op, path, value } = operation as { op?: Json; path?: Json; value?: Json };
  return `${String(op)} ${String(path)}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`;
}
