import { type ColumnType, typeText } from '../columns/column-type.ts';
import { isZone } from './kernels/time-zone.ts';
import { flattened, PATTERN_LETTERS, type PatternPart, parsePattern } from './patterns/parse-pattern.ts';
import type { TextParse } from './projection.ts';

/** Why texts cannot be read as somebody asked. */
export interface ReadingProblem {
  /** Where: `['formats', 0]`, `['parse', 'zone']`. */
  at: (string | number)[];
  /** A sentence that can be read alone. */
  message: string;
  /** The phrase after "expected". */
  expected: string;
  /** What works there, where it can be listed. */
  known?: readonly string[];
}

type Kind = ColumnType['kind'];

const NUMBERS: readonly Kind[] = ['int32', 'int64', 'float32', 'float64', 'decimal'];
const FLOATS: readonly Kind[] = ['float32', 'float64'];
const TIMES: readonly Kind[] = ['date', 'time', 'timestamp'];

/** The types that know each member. */
const KINDS: Record<keyof TextParse, readonly Kind[]> = {
  zone: ['timestamp'],
  unit: ['timestamp'],
  encoding: ['binary', 'fixed'],
  exact: ['decimal'],
  special: FLOATS,
  true: ['boolean'],
  false: ['boolean'],
  decimal: ['decimal', ...FLOATS],
  group: NUMBERS,
};

/** What nobody can infer, so that a type has to be declared beside it. */
const NEEDS_TYPE: readonly (keyof TextParse)[] = ['zone', 'unit', 'encoding', 'decimal', 'group'];

/**
 * What is wrong with how the texts of a column are to be read: patterns, zones, separators, and members that its type does not know. What is
 * said of a struct, list or map goes for every place inside that knows it, and there has to be one. Pure.
 *
 * @param type Undefined: nobody declared it.
 */
export function readingProblems(type: ColumnType | undefined, formats: readonly string[], parse: TextParse): ReadingProblem[] {
  const leaves = type ? leafTypes(type) : [];
  if (type === undefined || leaves[0] === type) return leafProblems(type, formats, parse);
  const isKnown = (kinds: readonly Kind[]): boolean => leaves.some(({ kind }) => kinds.includes(kind));
  const members = Object.keys(parse) as (keyof TextParse)[];
  const problems = [
    ...members.flatMap((member) => (isKnown(KINDS[member]) ? [] : memberProblem(type, member))),
    ...(isKnown(TIMES) ? [] : formatProblems(type, formats, parse)),
    ...leaves.flatMap((leaf) => {
      const known = Object.entries(parse).filter(([member]) => KINDS[member as keyof TextParse].includes(leaf.kind));
      return leafProblems(leaf, TIMES.includes(leaf.kind) ? formats : [], Object.fromEntries(known));
    }),
  ];
  return [...new Map(problems.map((problem) => [problem.at.join(), problem])).values()];
}

/** The types that texts become, in order. */
function leafTypes(type: ColumnType): ColumnType[] {
  if (type.kind === 'struct') return type.fields.flatMap((field) => leafTypes(field.type));
  if (type.kind === 'list') return leafTypes(type.element.type);
  return type.kind === 'map' ? [...leafTypes(type.key.type), ...leafTypes(type.value.type)] : [type];
}

function leafProblems(type: ColumnType | undefined, formats: readonly string[], parse: TextParse): ReadingProblem[] {
  const members = Object.keys(parse) as (keyof TextParse)[];
  const problems = members.flatMap((member) => memberProblem(type, member));
  if (problems.length > 0) return problems;
  return [...formatProblems(type, formats, parse), ...valueProblems(type, parse)];
}

/** What is wrong with patterns. */
export function formatProblems(
  type: ColumnType | undefined,
  formats: readonly string[],
  { zone, unit }: TextParse,
): ReadingProblem[] {
  const [first] = formats;
  if (first === undefined) return [];
  const expected = 'patterns for a date, time or timestamp only';
  if (type === undefined || !TIMES.includes(type.kind)) {
    const message =
      type === undefined
        ? 'Patterns need a type beside them: date, time or timestamp.'
        : `Patterns are for dates, times and timestamps; a column of ${typeText(type)} has none. Leave "formats" out.`;
    return [{ at: ['formats'], message, expected }];
  }
  if (unit !== undefined)
    return [{ at: ['formats'], message: 'Numbers of an epoch have no pattern; leave out "formats" or "parse.unit".', expected }];
  return formats.flatMap((format, index): ReadingProblem[] => {
    const parsed = parsePattern(format);
    const problem = 'problem' in parsed ? parsed.problem : unfit(type, flattened(parsed.parts), zone !== undefined);
    if (problem === null) return [];
    const message = `The pattern ${JSON.stringify(format)} ${problem}.`;
    return [{ at: ['formats', index], message, expected: `a pattern for ${typeText(type)}`, known: PATTERN_LETTERS }];
  });
}

function memberProblem(type: ColumnType | undefined, member: keyof TextParse): ReadingProblem[] {
  const kinds = KINDS[member];
  const at = ['parse', member];
  const expected = `it for ${kinds.join(', ')} only`;
  if (type === undefined) {
    if (!NEEDS_TYPE.includes(member)) return [];
    return [{ at, message: `parse.${member} needs a type beside it: ${kinds.join(', ')}.`, expected: 'a type beside it' }];
  }
  if (!kinds.includes(type.kind))
    return [
      { at, message: `parse.${member} is for ${kinds.join(', ')}; a column of ${typeText(type)} has no use for it.`, expected },
    ];
  if (type.kind === 'timestamp' && type.zone === 'none')
    return [
      {
        at,
        message: `parse.${member} makes moments in UTC of its texts, and this timestamp has no zone; declare the zone "utc" in its type.`,
        expected: 'it for timestamps in UTC only',
      },
    ];
  return [];
}

function valueProblems(type: ColumnType | undefined, { zone, unit, decimal = '.', group }: TextParse): ReadingProblem[] {
  if (zone !== undefined && unit !== undefined)
    return [
      {
        at: ['parse', 'zone'],
        message: 'Numbers of an epoch count from 1970 in UTC; leave out "parse.zone" or "parse.unit".',
        expected: 'one of zone and unit',
      },
    ];
  if (zone !== undefined && !isZone(zone)) {
    const expected = 'a time zone such as "Europe/Berlin", "UTC" or "+05:30"';
    return [{ at: ['parse', 'zone'], message: `There is no time zone ${JSON.stringify(zone)}; expected ${expected}.`, expected }];
  }
  if (type === undefined) return [];
  const isWhole = type.kind === 'int32' || type.kind === 'int64';
  const written = { decimal, ...(group === undefined ? {} : { group }) };
  for (const [member, character] of Object.entries(written)) {
    if (!/[0-9A-Za-z+-]/.test(character)) continue;
    const expected = 'a character that no number has elsewhere';
    const message = `parse.${member} is ${JSON.stringify(character)}; expected ${expected}.`;
    return [{ at: ['parse', member], message, expected }];
  }
  if (group !== decimal || isWhole) return [];
  const message = `parse.group is ${JSON.stringify(group)}, which stands before the fraction already; declare another parse.decimal, such as ",".`;
  return [{ at: ['parse', 'group'], message, expected: 'another character than parse.decimal' }];
}

/** Why a pattern that is one cannot be used here. */
function unfit(type: ColumnType, parts: readonly Exclude<PatternPart, { kind: 'optional' }>[], hasZone: boolean): string | null {
  const has = (name: string): boolean =>
    parts.some((part) => part.kind === name || (part.kind === 'number' && part.field === name));
  if (type.kind === 'time') {
    if (has('year') || has('month') || has('month-name') || has('day'))
      return 'has letters of a date; a time has only those of hours, minutes and seconds';
    if (has('offset')) return 'has an offset from UTC, which a time of day cannot keep';
    return has('hour') || has('half-hour') ? null : 'has no hour ("HH", or "hh" with "a")';
  }
  if (!has('year')) return 'has no year, so that every value would be of 1970';
  if (!has('offset')) return null;
  if (type.kind === 'date') return 'has an offset from UTC, which could make it another day; declare a timestamp in UTC';
  if (type.kind === 'timestamp' && type.zone === 'none')
    return 'has an offset from UTC, which a timestamp without zone would lose; declare a timestamp in UTC';
  return hasZone ? 'has an offset from UTC beside parse.zone; leave one of them out' : null;
}
