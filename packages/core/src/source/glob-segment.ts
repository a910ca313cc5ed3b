import { type GlobToken, globError } from './glob-braces.ts';

/** What one element of a segment stands for. */
export type SegmentPart =
  | { kind: 'character'; text: string }
  | { kind: 'one' }
  | { kind: 'any' }
  | { kind: 'class'; negated: boolean /** Pairs of code points, both ends included. */; ranges: readonly number[] };

/** One segment of a pattern, or `**`. */
export type Segment = readonly SegmentPart[] | 'any-depth';

/**
 * Compiles the tokens between two separators.
 *
 * @throws {CalveError} `OPTIONS_INVALID`: a class that is not well-formed.
 */
export function compileSegment(tokens: readonly GlobToken[], pattern: string): Segment {
  if (tokens.length === 2 && tokens.every((token) => token.text === '*' && !token.escaped)) return 'any-depth';
  const parts: SegmentPart[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.escaped) parts.push({ kind: 'character', text: token.text });
    else if (token.text === '?') parts.push({ kind: 'one' });
    else if (token.text === '*') {
      if (parts.at(-1)?.kind !== 'any') parts.push({ kind: 'any' });
    } else if (token.text === '[') {
      const end = endOfClass(tokens, index, pattern);
      parts.push(compileClass(tokens.slice(index + 1, end), pattern));
      index = end;
    } else parts.push({ kind: 'character', text: token.text });
  }
  return parts;
}

const isNegation = (token: GlobToken | undefined): boolean =>
  token !== undefined && !token.escaped && (token.text === '!' || token.text === '^');

function endOfClass(tokens: readonly GlobToken[], start: number, pattern: string): number {
  const first = isNegation(tokens[start + 1]) ? start + 2 : start + 1;
  for (let index = first + 1; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.text === ']' && !token.escaped) return index;
  }
  // The class was closed before it was cut at a separator.
  throw globError(pattern, tokens[start]!.position, 'the class "[…]" holds a "/", which no class can match.');
}

function compileClass(tokens: readonly GlobToken[], pattern: string): SegmentPart {
  const negated = isNegation(tokens[0]);
  const members = negated ? tokens.slice(1) : tokens;
  const ranges: number[] = [];
  for (let index = 0; index < members.length; index++) {
    const low = members[index]!;
    if (!low.escaped && low.text === '[' && /^[:.=]$/.test(members[index + 1]?.text ?? '')) {
      throw globError(pattern, low.position, 'named classes such as [:alpha:] are not known; write the range, as in [A-Za-z].');
    }
    const dash = members[index + 1];
    const high = members[index + 2];
    if (dash && high && dash.text === '-' && !dash.escaped) {
      if (low.text.codePointAt(0)! > high.text.codePointAt(0)!) {
        throw globError(pattern, low.position, `the range ${low.text}-${high.text} runs backwards.`);
      }
      ranges.push(low.text.codePointAt(0)!, high.text.codePointAt(0)!);
      index += 2;
    } else ranges.push(low.text.codePointAt(0)!, low.text.codePointAt(0)!);
  }
  return { kind: 'class', negated, ranges };
}

/**
 * True when the whole name fits. Only the last `*` is ever taken back: whatever an earlier one could give, the last one can take. So the
 * work is at most the number of parts times the length of the name.
 */
export function segmentMatches(segment: Segment, name: string): boolean {
  if (segment === 'any-depth') return true;
  let part = 0;
  let at = 0;
  let starPart = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = segment[part];
    if (current?.kind === 'any') {
      starPart = part++;
      starAt = at;
      continue;
    }
    const code = name.codePointAt(at)!;
    if (current !== undefined && partMatches(current, code)) {
      part++;
      at += code > 0xffff ? 2 : 1;
    } else if (starPart >= 0) {
      starAt += name.codePointAt(starAt)! > 0xffff ? 2 : 1;
      at = starAt;
      part = starPart + 1;
    } else return false;
  }
  while (segment[part]?.kind === 'any') part++;
  return part === segment.length;
}

function partMatches(part: SegmentPart, code: number): boolean {
  if (part.kind === 'character') return part.text.codePointAt(0) === code;
  if (part.kind !== 'class') return true;
  let isMember = false;
  for (let index = 0; index < part.ranges.length && !isMember; index += 2) {
    isMember = code >= part.ranges[index]! && code <= part.ranges[index + 1]!;
  }
  return isMember !== part.negated;
}
