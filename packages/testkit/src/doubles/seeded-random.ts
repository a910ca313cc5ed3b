/** A stream of numbers that is the same for the same seed, in every process and on every platform. */
export interface SeededRandom {
  /** 32 random bits, 0 to 4,294,967,295. */
  next(): number;
  /** An integer from 0 up to, but not, `limit`. */
  below(limit: number): number;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** Fits `Environment.random`. */
  bytes(count: number): Uint8Array;
}

/**
 * Randomness for tests and generators; never for secrets or ids of production.
 *
 * @see sfc32 by Chris Doty-Humphrey, PractRand; the seed is spread with the finaliser of MurmurHash3.
 */
export function seededRandom(seed: number): SeededRandom {
  let [a, b, c, counter] = [spread(seed), spread(seed + 1), spread(seed + 2), 1];
  const next = (): number => {
    const sum = (a + b + counter++) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 24),
  };
}

function spread(value: number): number {
  let bits = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
