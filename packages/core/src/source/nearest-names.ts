/** How `nearestNames` looks. */
export interface NearestOptions {
  /** At most so many answers. Default 3. */
  limit?: number;
  /** Names further away are left out. Default: none. */
  maximumDistance?: number;
  /** `*` and `?` in the wanted text cost nothing: it is a pattern. Default false. */
  hasWildcards?: boolean;
}

/** Longer names are compared by their beginning only, so that hostile names cost little. */
const COMPARED_CHARACTERS = 256;

/**
 * The names that somebody may have meant, nearest first, for messages such as `unknown source "lcoal"; did you mean "local"?`.
 *
 * The distance is the number of characters to insert, remove, replace or swap with their neighbour; a difference in case alone counts as
 * half of one. Equal distances are ordered by code unit. Keeps `limit` names only, so any number may be passed through.
 *
 * @example
 * nearestNames('oders.csv', ['orders.csv', 'returns.csv'], { limit: 1 }); // => ['orders.csv']
 */
export function nearestNames(wanted: string, names: Iterable<string>, options: NearestOptions = {}): string[] {
  const limit = options.limit ?? 3;
  const maximum = options.maximumDistance ?? Number.POSITIVE_INFINITY;
  const best: { name: string; distance: number }[] = [];
  for (const name of names) {
    const distance = nameDistance(wanted, name, options.hasWildcards ?? false);
    if (distance > maximum || best.some((found) => found.name === name)) continue;
    const index = best.findIndex((found) => distance < found.distance || (distance === found.distance && name < found.name));
    best.splice(index < 0 ? best.length : index, 0, { name, distance });
    if (best.length > limit) best.pop();
  }
  return best.map((found) => found.name);
}

function nameDistance(wanted: string, name: string, hasWildcards: boolean): number {
  const left = wanted.slice(0, COMPARED_CHARACTERS);
  const right = name.slice(0, COMPARED_CHARACTERS);
  const distance = editDistance(left.toLowerCase(), right.toLowerCase(), hasWildcards);
  if (distance > 0) return distance;
  return editDistance(left, right, hasWildcards) > 0 ? 0.5 : 0;
}

/** Optimal string alignment distance: L. Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.2. */
function editDistance(wanted: string, name: string, hasWildcards: boolean): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: name.length + 1 }, (_, column) => column);
  for (let row = 1; row <= wanted.length; row++) {
    const character = wanted[row - 1];
    const isAny = hasWildcards && character === '*';
    const isOne = hasWildcards && character === '?';
    const current = [last[0]! + (isAny ? 0 : 1)];
    for (let column = 1; column <= name.length; column++) {
      if (isAny) {
        current.push(Math.min(last[column]!, current[column - 1]!));
        continue;
      }
      const replaced = last[column - 1]! + (isOne || character === name[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      const isSwapped =
        row > 1 &&
        column > 1 &&
        character === name[column - 2] &&
        wanted[row - 2] === name[column - 1] &&
        wanted[row - 2] !== '*';
      if (isSwapped) distance = Math.min(distance, beforeLast[column - 2]! + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[name.length]!;
}
