import type { SeededRandom } from '../doubles/seeded-random.ts';

/** A copy with one to four bytes changed, taken out, put in or repeated, often to ones that formats give a meaning. */
export function damaged(content: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = [...content];
  for (let change = 0; change <= random.below(4); change += 1) {
    const at = random.below(bytes.length + 1);
    const byte = random.pick([0, 9, 10, 13, 32, 34, 39, 44, 59, 92, 123, 127, 128, 0xc3, 0xef, 255, random.below(256)]);
    const kind = random.below(4);
    if (kind === 0) bytes[Math.min(at, Math.max(0, bytes.length - 1))] = byte;
    else if (kind === 1) bytes.splice(at, 1 + random.below(8));
    else if (kind === 2) bytes.splice(at, 0, ...Array.from({ length: 1 + random.below(3) }, () => byte));
    else bytes = [...bytes.slice(0, at), ...bytes.slice(Math.max(0, at - random.below(200)))];
  }
  return Uint8Array.from(bytes);
}
