import type { ByteReader } from '@calve/core/plugin';

/** Names that paths, URLs and shells like to change. None is hidden or a marker. */
export const ODD_NAMES: readonly string[] = [
  'two words.csv',
  ' leading and trailing ',
  'hash#1.csv',
  'percent%.csv',
  'percent%20.csv',
  'plus+and&.csv',
  'question?.csv',
  'quote\'s "both".csv',
  'semi;colon:at@.csv',
  'star*[x]{y}.csv',
  'line\nbreak.csv',
  'tab\t.csv',
  'back\\slash.csv',
  'é composed.csv',
  'e\u0301 decomposed.csv',
  '日本語.csv',
  '😀.csv',
  'day=2024-01-01/a b.csv',
  'deep/er/est/x.csv',
  `${'long'.repeat(50)}.csv`,
];

/** Bytes that differ from place to place, the same in every run; another `seed` gives others. */
export function patternBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index++) bytes[index] = (Math.imul(index + seed, 2654435761) >>> 13) & 0xff;
  return bytes;
}

/** Reads from the front, `step` bytes at a time, until a read is short. */
export async function readAll(reader: ByteReader, step: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = 0; ; ) {
    const target = new Uint8Array(step);
    const count = await reader.read(target, offset);
    parts.push(target.subarray(0, count));
    offset += count;
    if (count < step) return new Uint8Array(Buffer.concat(parts));
  }
}
