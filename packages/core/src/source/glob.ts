import { expandBraces } from './glob-braces.ts';
import { compileSegment, type Segment, segmentMatches } from './glob-segment.ts';

/** A compiled file pattern. Pure; may be kept and used from anywhere. */
export interface Glob {
  /** True when the whole of `path` fits. `path` is relative and its separator is `/`.  */
  matches(path: string): boolean;
  /** True when some path inside the folder `directory` could fit, so that a listing may leave out the other folders. */
  canMatchInside(directory: string): boolean;
  /** Every path that fits begins with this text; empty when nothing can be said. A listing by prefix may start there. */
  literalPrefix: string;
}

/**
 * Replaces the part of a path segment that no wildcard may match, and leaves the rest alone. `isLast`: the segment is the last one of the
 * path.
 */
export type GlobMask = (segment: string, isLast: boolean) => string;

/**
 * Compiles a file pattern once, for any number of paths.
 *
 * `*` any characters of one name, `?` one character, `[a-z]` and `[!a-z]` one of (or none of) a class, `{a,b}` alternatives, `**` as a
 * whole segment any number of folders (`a/**` is everything inside `a`), `\` takes the next character as it is. The separator is `/`,
 * which no wildcard but `**` crosses. Case counts. A leading dot is a character like any other.
 *
 * Nothing is tried twice, so a hostile pattern costs at most its expanded length times that of the path.
 *
 * @param pattern 1 to 4,096 characters; braces may expand to at most 1,000 alternatives and 100,000 characters.
 * @param mask A segment that it changes is matched only where the pattern spells the changed part out. That is how `_staging/*.csv` asks
 *   for a folder which `*` leaves out.
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input) with `context.position`, a 0-based index into `pattern`.
 *
 * @example
 * compileGlob('2024/*.csv').matches('2024/orders.csv'); // => true
 */
export function compileGlob(pattern: string, mask?: GlobMask): Glob {
  const alternatives = expandBraces(pattern).map((tokens) => compileSegments(tokens, pattern));
  const fits: Fits = (segment, name, isLast) => {
    if (!segmentMatches(segment, name)) return false;
    if (mask === undefined) return true;
    const masked = mask(name, isLast);
    return masked === name || !segmentMatches(segment, masked);
  };
  return {
    matches(path) {
      const names = path.split('/');
      return alternatives.some((segments) => matchesAll(segments, names, fits));
    },
    canMatchInside(directory) {
      const names = directory.split('/');
      return alternatives.some((segments) => reachesInside(segments, names, fits));
    },
    literalPrefix: commonPrefix(alternatives.map(literalPrefixOf)),
  };
}

type Fits = (segment: Segment, name: string, isLast: boolean) => boolean;

function compileSegments(tokens: ReturnType<typeof expandBraces>[number], pattern: string): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (let index = 0; index <= tokens.length; index++) {
    if (index < tokens.length && tokens[index]!.text !== '/') continue;
    const segment = compileSegment(tokens.slice(start, index), pattern);
    // Neighbouring `**` say the same as one, and would only cost time.
    if (segment !== 'any-depth' || segments.at(-1) !== 'any-depth') segments.push(segment);
    start = index + 1;
  }
  return segments;
}

/**
 * The positions in `segments` that can be reached after each name. A set of positions is all the state there is, so the work per name is
 * at most one look at every segment.
 */
function reach(segments: readonly Segment[], names: readonly string[], lastIndex: number, fits: Fits): Set<number> {
  let positions = withoutFolders(segments, new Set([0]));
  for (const [index, name] of names.entries()) {
    const next = new Set<number>();
    for (const position of positions) {
      const segment = segments[position];
      if (segment === undefined || !fits(segment, name, index === lastIndex)) continue;
      next.add(segment === 'any-depth' ? position : position + 1);
    }
    positions = withoutFolders(segments, next);
    if (positions.size === 0) break;
  }
  return positions;
}

/** `**` may stand for no folder at all. */
function withoutFolders(segments: readonly Segment[], positions: Set<number>): Set<number> {
  for (const position of positions) {
    if (segments[position] === 'any-depth') positions.add(position + 1);
  }
  return positions;
}

function matchesAll(segments: readonly Segment[], names: readonly string[], fits: Fits): boolean {
  const last = segments.length - 1;
  if (segments[last] !== 'any-depth') return reach(segments, names, names.length - 1, fits).has(segments.length);
  // A final `**` needs at least one name for itself: `a/**` does not mean `a`.
  const before = reach(segments, names.slice(0, -1), names.length - 1, fits);
  return before.has(last) && fits('any-depth', names.at(-1)!, true);
}

function reachesInside(segments: readonly Segment[], names: readonly string[], fits: Fits): boolean {
  for (const position of reach(segments, names, names.length, fits)) if (position < segments.length) return true;
  return false;
}

function literalPrefixOf(segments: readonly Segment[]): string {
  let prefix = '';
  for (const [index, segment] of segments.entries()) {
    if (segment === 'any-depth') return prefix;
    for (const part of segment) {
      if (part.kind !== 'character') return prefix;
      prefix += part.text;
    }
    if (index + 1 < segments.length) prefix += '/';
  }
  return prefix;
}

function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? '';
  for (const text of texts) {
    while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  }
  return prefix;
}
