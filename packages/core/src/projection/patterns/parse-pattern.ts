/** One piece of a pattern. */
export type PatternPart =
  | { kind: 'literal'; text: string }
  | { kind: 'number'; field: NumberField; fewest: number; most: number }
  /** English, in any ASCII case. */
  | { kind: 'month-name'; isFull: boolean }
  /** AM or PM, in any ASCII case. */
  | { kind: 'half-day' }
  /** One to `most` digits. */
  | { kind: 'fraction'; most: number }
  /** `hours`: `+02` or `+0200`; `basic`: `+0200`; `extended`: `+02:00`. `takesZ`: `Z` too. */
  | { kind: 'offset'; form: 'hours' | 'basic' | 'extended'; takesZ: boolean }
  | { kind: 'optional'; parts: PatternPart[] };

/** What a number of a pattern means. `half-hour` is 1 to 12. */
export type NumberField = 'year' | 'month' | 'day' | 'hour' | 'half-hour' | 'minute' | 'second';

/** The letters that work, as a spec writes them: those that both engines read alike. */
export const PATTERN_LETTERS =
  'yyyy yy MM M MMM MMMM dd d HH H hh h mm m ss s a S SS SSS SSSS SSSSS SSSSSS SSSSSSS SSSSSSSS SSSSSSSSS X XX XXX x xx xxx Z ZZ ZZZ'.split(
    ' ',
  );

const NUMBERS: Record<string, NumberField> = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  h: 'half-hour',
  m: 'minute',
  s: 'second',
};
/** Sections are read recursively. */
const mostCharacters = 200;
const OFFSET_FORMS = ['hours', 'basic', 'extended'] as const;

/**
 * Reads a pattern such as `dd/MM/yyyy HH:mm[:ss]`.
 *
 * Letters have the meaning of `java.time`; `[...]` is optional, text in single quotes stands for itself and `''` for a quote. A number
 * of one letter has one or two digits, any other exactly as many as letters. Refused is what would read some texts in two ways or
 * not as Spark does: other letters, a number of one letter or a fraction directly before another number, 24 and 12 hours together.
 *
 * @returns The problem as the part of a sentence that follows the pattern: `has the letter "T", …`.
 */
export function parsePattern(pattern: string): { parts: PatternPart[] } | { problem: string } {
  if (pattern.length > mostCharacters)
    return { problem: `has ${pattern.length} characters; ${mostCharacters} are enough for a pattern` };
  const open: PatternPart[][] = [[]];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at]!;
    const parts = open.at(-1)!;
    if (character === '[') {
      open.push([]);
      at += 1;
    } else if (character === ']') {
      if (open.length === 1) return { problem: 'has a "]" without a "["' };
      open.pop();
      open.at(-1)!.push({ kind: 'optional', parts });
      at += 1;
    } else if (character === "'") {
      const quoted = /^'((?:[^']|'')*)'/.exec(pattern.slice(at));
      if (quoted === null) return { problem: 'has a single quote that is not closed' };
      appendLiteral(parts, quoted[1] === '' ? "'" : quoted[1]!.replaceAll("''", "'"));
      at += quoted[0].length;
    } else if (/[A-Za-z]/.test(character)) {
      const letters = new RegExp(`^${character}+`).exec(pattern.slice(at))![0];
      const part = partOf(letters);
      if (part === null) return { problem: unknownLetters(letters) };
      parts.push(part);
      at += letters.length;
    } else if (/[#{}]/.test(character)) {
      return { problem: `has a "${character}", which needs single quotes around it` };
    } else {
      const literal = /^[^A-Za-z[\]'#{}]+/.exec(pattern.slice(at))![0];
      appendLiteral(parts, literal);
      at += literal.length;
    }
  }
  if (open.length > 1) return { problem: 'has a "[" without a "]"' };
  const parts = open[0]!;
  const problem = ambiguity(parts);
  return problem === null ? { parts } : { problem };
}

/** All parts, those of optional sections included. */
export function flattened(parts: readonly PatternPart[]): Exclude<PatternPart, { kind: 'optional' }>[] {
  return parts.flatMap((part) => (part.kind === 'optional' ? flattened(part.parts) : [part]));
}

function partOf(letters: string): PatternPart | null {
  if (!PATTERN_LETTERS.includes(letters)) return null;
  const letter = letters[0]!;
  const count = letters.length;
  if (letter === 'a') return { kind: 'half-day' };
  if (letter === 'S') return { kind: 'fraction', most: count };
  if (letter === 'Z') return { kind: 'offset', form: 'basic', takesZ: false };
  if (letter === 'X' || letter === 'x') return { kind: 'offset', form: OFFSET_FORMS[count - 1]!, takesZ: letter === 'X' };
  if (letter === 'M' && count > 2) return { kind: 'month-name', isFull: count === 4 };
  return { kind: 'number', field: NUMBERS[letter]!, fewest: count, most: Math.max(count, 2) };
}

function unknownLetters(letters: string): string {
  const fold = (text: string): string => text.slice(0, 1).toLowerCase();
  const near = PATTERN_LETTERS.filter((known) => fold(known) === fold(letters));
  const meant = near.length > 0 ? ` (near: ${near.join(', ')})` : '';
  return `has "${letters}", which is none of the letters that work${meant}; text that stands for itself needs single quotes, such as '${letters}'`;
}

function appendLiteral(parts: PatternPart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === 'literal') last.text += text;
  else parts.push({ kind: 'literal', text });
}

function ambiguity(parts: readonly PatternPart[]): string | null {
  const all = flattened(parts);
  const fields = new Set(all.flatMap((part) => (part.kind === 'number' ? [part.field] : [])));
  const hasHalf = all.some((part) => part.kind === 'half-day');
  if (fields.size === 0 && !all.some((part) => part.kind === 'month-name')) return 'has no letter of a date or time';
  if (fields.has('hour') && (fields.has('half-hour') || hasHalf))
    return 'has hours of 24 ("H") beside hours of 12 ("h", "a"); take one of them';
  if (hasHalf && !fields.has('half-hour')) return 'has "a" (AM or PM) without "h"';
  return adjacency(parts);
}

/** Digits that could belong to two numbers. */
function adjacency(parts: readonly PatternPart[]): string | null {
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'optional') {
      const inside = adjacency(part.parts);
      if (inside !== null) return inside;
    }
    const next = parts[index + 1];
    if (next?.kind !== 'number' && next?.kind !== 'fraction') continue;
    if (part.kind === 'fraction') return 'has a number directly after "S", which takes any count of digits';
    if (part.kind === 'offset') return 'has a number directly after the offset';
    if (part.kind !== 'number') continue;
    if (next.kind === 'fraction')
      return 'has "S" directly after another number, which Spark never reads; something has to stand between them';
    if (part.fewest !== part.most)
      return 'has a number of one letter directly before another number; write two letters, or something between them';
  }
  return null;
}
