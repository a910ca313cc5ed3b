import { alternatives, receivedText } from './describe-issue.ts';
import { jsonPointer, type Segment } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/** A place in specs, `*` for every member or item, and the values there that this version executes. */
interface ExecutableValues {
  at: readonly string[];
  /** None: the member has to be left out. */
  works: readonly string[];
  /** Values that are no words and work too; `expected` names them. */
  accepts?(value: unknown): boolean;
  expected?: string;
  /** What to do instead, where it is not to use one of `works`. */
  instead?: string;
}

const COLUMN = ['outputs', '*', 'columns', '*'];

/** The types that text can become and that have no members beside their kind. */
export const PLAIN_TYPES = [
  'boolean',
  'int32',
  'int64',
  'float32',
  'float64',
  'date',
  'time',
  'string',
  'binary',
  'uuid',
] as const;
const TYPES = [...PLAIN_TYPES, 'decimal', 'fixed', 'timestamp', 'struct', 'list', 'map'];

/** A row is deleted when what it names becomes executable. */
const EXECUTABLE: readonly ExecutableValues[] = [
  { at: ['outputs', '*', 'filter'], works: [], instead: 'leave it out, and filter when the table is read' },
  {
    at: ['outputs', '*', 'rows'],
    works: ['accepted', 'rejected'],
    // Which output may explode a list is the business of the rules that outputs have among themselves.
    accepts: (value) => value !== null && typeof value === 'object',
  },
  { at: [...COLUMN, 'type', 'kind'], works: TYPES },
  { at: ['trigger', 'kind'], works: ['manual'] },
  { at: ['engine'], works: ['auto', 'in-process'] },
];

/**
 * What the language of the spec allows and this version of Calve cannot do yet: an issue each, code `SPEC_UNSUPPORTED`, with the values
 * that do work. Reads what is well formed and passes over the rest.
 */
export function checkExecutable(draft: unknown): SpecIssue[] {
  return EXECUTABLE.flatMap((rule) =>
    placesOf(draft, rule.at).flatMap(({ path, value }) =>
      rule.works.includes(value as string) || rule.accepts?.(value) ? [] : [unsupported(rule, path, value)],
    ),
  );
}

/** The values that this version executes at a place of the spec; null where there is no such list. */
export function executableValues(path: readonly Segment[]): readonly string[] | null {
  const works = ruleAt(path)?.works ?? [];
  return works.length === 0 ? null : works;
}

/** False for a member that this version cannot use whatever its value is, so that nobody should be pointed to it. */
export function canBeSaid(path: readonly Segment[]): boolean {
  const rule = ruleAt(path);
  return rule === undefined || rule.works.length > 0 || rule.expected !== undefined;
}

function ruleAt(path: readonly Segment[]): ExecutableValues | undefined {
  return EXECUTABLE.find(
    ({ at }) => at.length === path.length && at.every((step, index) => step === '*' || step === path[index]),
  );
}

function unsupported(rule: ExecutableValues, path: Segment[], value: unknown): SpecIssue {
  const known = [...rule.works];
  const expected = rule.expected ?? (known.length === 0 ? 'nothing' : alternatives(known));
  const received = receivedText(value);
  const advice = rule.instead ?? `use ${expected}`;
  const message = `This version of Calve cannot do this yet (${path.at(-1)}: ${received}); ${advice}.`;
  return { code: 'SPEC_UNSUPPORTED', path: jsonPointer(path), message, expected, received, known };
}

function placesOf(value: unknown, at: readonly string[], path: Segment[] = []): { path: Segment[]; value: unknown }[] {
  const [step, ...rest] = at;
  if (step === undefined) return [{ path, value }];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) {
    return step === '*' ? value.flatMap((item, index) => placesOf(item, rest, [...path, index])) : [];
  }
  return Object.entries(value)
    .filter(([name]) => step === '*' || step === name)
    .flatMap(([name, member]) => placesOf(member, rest, [...path, name]));
}
