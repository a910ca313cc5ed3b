import { encodingKind } from '../src/encoding/encoding-names.ts';
import { singleByteTable } from '../src/encoding/single-byte-table.ts';

const encoders = new Map<string, Map<string, number[]>>();

/** Writes text in any encoding of the list, by turning its decoder around; a character that it lacks is an error. */
export function encodeText(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text);
  if (encoding.startsWith('utf-16')) {
    const bytes = Buffer.from(text, 'utf16le');
    return Uint8Array.from(encoding === 'utf-16be' ? bytes.swap16() : bytes);
  }
  const table = encoders.get(encoding) ?? tableOf(encoding);
  encoders.set(encoding, table);
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new RangeError(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}

/** Characters beyond ASCII that an encoding has. */
export function charactersOf(encoding: string): string[] {
  if (encoding.startsWith('utf-')) return ['é', '名', '\u{1f600}', '\u00a0', '€'];
  const table = encoders.get(encoding) ?? tableOf(encoding);
  encoders.set(encoding, table);
  return [...table.keys()].filter((character) => character > '\u00a0' && character !== '\ufffd').slice(0, 2000);
}

function tableOf(encoding: string): Map<string, number[]> {
  const table = new Map<string, number[]>();
  const add = (character: string, bytes: number[]): void => {
    if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) table.set(character, bytes);
  };
  if (encodingKind(encoding) === 'single-byte') {
    for (const [byte, character] of singleByteTable(encoding).entries()) add(character, [byte]);
    return table;
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for (let byte = 0; byte < 256; byte += 1) add(decoder.decode(Uint8Array.of(byte)), [byte]);
  for (let first = 0x81; first < 0xff; first += 1) {
    for (let second = 0x40; second < 0xff; second += 1) add(decoder.decode(Uint8Array.of(first, second)), [first, second]);
  }
  return table;
}
