import type { ColumnSpec, Diagnostic } from '@calve/core';
import type { Json } from '@calve/core/plugin';
import { pointerSegment } from '@calve/core/plugin';
import { columnEntry } from '../arguments/parse-columns.ts';
import { setOption } from '../arguments/parse-set.ts';
import { shellWord } from './shell-word.ts';

interface Operation {
  op?: Json;
  path?: Json;
  value?: Json;
}

/**
 * What to do about a finding, as words to type: `Make "amount" text: --columns amount=string`.
 *
 * @param hasSpecFile A spec file says what `--columns` would say: `--set` is the only option.
 */
export function fixText({ title, specPatch }: NonNullable<Diagnostic['fixes']>[number], hasSpecFile: boolean): string {
  const operations = specPatch as readonly Operation[];
  const option = hasSpecFile ? null : columnOption(operations);
  return `${title}: ${option ?? operations.map((operation) => operationText(operation, hasSpecFile)).join(' ')}`;
}

/** The patch that gives a column a type, and perhaps a pattern, as `--columns`. */
function columnOption(operations: readonly Operation[]): string | null {
  const [{ op, path, value } = {}, ...rest] = operations;
  if (rest.length > 0 || (op !== 'add' && op !== 'replace') || typeof path !== 'string') return null;
  const found = COLUMN.exec(path);
  if (found?.[1] === undefined) return null;
  const spec = (found[2] === undefined ? value : { type: value }) as unknown as ColumnSpec | undefined;
  const entry = columnEntry(pointerSegment(found[1]), spec ?? {});
  return entry === null ? null : `--columns ${shellWord(entry)}`;
}

const COLUMN = /^\/outputs\/0\/columns\/([^/]+)(\/type)?$/;

function operationText({ op, path, value }: Operation, hasSpecFile: boolean): string {
  if ((op === 'add' || op === 'replace') && typeof path === 'string' && value !== undefined) return setOption(path, value);
  const column = COLUMN.exec(String(path));
  if (!hasSpecFile && op === 'remove' && column?.[1] !== undefined) return `leave ${pointerSegment(column[1])} out of --columns`;
  return `in the spec, ${String(op)} ${String(path)}`;
}
