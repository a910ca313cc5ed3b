import type { ColumnType } from '../columns/column-type.ts';
import { type CalveErrorData, errorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { Position } from '../source/position.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { columnFix, type Fix, nullFix } from './column-fixes.ts';
import { isMergeKey } from './merge-keys.ts';

/** What an error about one unit may say of itself. */
interface UnitContext {
  position?: Partial<Position>;
  line?: number | null;
  byteOffset?: number;
  /** A column, or a place inside of one. */
  column?: string;
  /** The column that it is inside of. */
  root?: string;
  /** The table refuses null there. */
  required?: boolean;
  value?: string | null;
  type?: ColumnType;
  formats?: string[];
}

/** An error because of which a unit is not loaded, as a finding: where it is, the value, and what may be done. Pure. */
export function unitFinding(unit: ObjectUnit, error: unknown, spec: Partial<Pick<IngestionSpec, 'outputs'>>): Diagnostic {
  const data = errorData(error);
  const { code, message } = data;
  const named = message.includes(unit.uri) ? message : `${unit.uri}: ${message}`;
  const context = (data.context ?? {}) as UnitContext;
  const at = placeOf(unit, context);
  const fixes = fixesOf(data, context, spec);
  const isEvident = typeof context.value === 'string' && context.type !== undefined;
  return {
    ...{ code, severity: 'error', message: named, at },
    ...(isEvident && { evidence: [{ excludes: context.type as ColumnType, value: context.value as string, at }] }),
    ...(fixes.length > 0 && { fixes }),
  };
}

function placeOf(unit: ObjectUnit, { position, line, byteOffset, column }: UnitContext): Position {
  return {
    ...(typeof byteOffset === 'number' ? { byteOffset } : {}),
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof column === 'string' ? { column } : {}),
    ...position,
    unit: unit.key,
  };
}

function fixesOf(
  { code }: CalveErrorData,
  { column, root = column, required, formats }: UnitContext,
  { outputs }: { outputs?: IngestionSpec['outputs'] },
): Fix[] {
  if (code === 'FORMAT_AMBIGUOUS') return (formats ?? []).map(formatFix);
  if (code !== 'VALUE_REJECTED' || column === undefined || root === undefined) return [];
  const declared = columnSpecOf(outputs?.[0]?.columns ?? {}, root);
  const takesNull = required !== true && !isMergeKey(outputs?.[0]?.mode, root);
  return [
    columnFix(`Reject the rows that do not fit "${column}"`, root, declared, { onFailure: 'reject-row' }),
    ...(takesNull ? [nullFix(root, declared, column)] : []),
  ];
}

function formatFix(name: string): Fix {
  return { title: `Read files as ${name}`, specPatch: [{ op: 'replace', path: '/input/format', value: { name, options: {} } }] };
}
