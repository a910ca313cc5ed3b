import { expect, it } from 'vitest';
import { readIsoDate } from './iso-date.ts';
import { IsoTimestamp, notATimestamp } from './iso-timestamp.ts';
import { notAMoment, readFraction, readIsoDays, readIsoSeconds } from './iso-words.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView => new DataView(buffer, byteOffset, byteLength);
const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Each text with each of its bytes replaced by every other. */
function* withOneByteChanged(texts: readonly string[]): Generator<Uint8Array> {
  for (const text of texts) {
    for (let place = 0; place < text.length; place++) {
      const bytes = bytesOf(text);
      for (let byte = 0; byte < 256; byte++) {
        bytes[place] = byte;
        yield bytes;
      }
    }
  }
}

/** What `IsoTimestamp` reads, in seconds and microseconds; null: nothing. */
function general(bytes: Uint8Array): [seconds: number, micros: number] | null {
  const timestamp = new IsoTimestamp();
  return timestamp.read(bytes, 0, bytes.length) === notATimestamp ? null : [timestamp.seconds, timestamp.nanos / 1_000];
}

it('reads the dates that are read byte by byte, and no others', () => {
  for (const year of [0, 1, 4, 100, 1582, 1899, 1900, 1970, 2000, 2023, 2024, 9999])
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const bytes = bytesOf(`${pad(year, 4)}-${pad(month)}-${pad(day)}`);
        expect(readIsoDays(viewOf(bytes), 0)).toBe(readIsoDate(bytes, 0));
      }
});

it('refuses the same bytes in a date', () => {
  for (const bytes of withOneByteChanged(['2024-02-29', '1999-12-31', '0000-01-01', '9959-10-19'])) {
    const expected = readIsoDate(bytes, 0);
    if (readIsoDays(viewOf(bytes), 0) !== expected) expect([...bytes]).toBe(expected);
  }
});

it('reads and refuses the same moments', () => {
  const texts = ['2024-02-29T23:59:59', '1969-12-31 00:00:00', '0001-01-01T12:34:56'];
  for (let second = 0; second < 86_400; second += 37)
    texts.push(`2024-03-01T${pad(Math.floor(second / 3_600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}`);
  const all = [...texts.map(bytesOf), ...withOneByteChanged(texts.slice(0, 3))];
  for (const bytes of all) {
    const expected = general(bytes)?.[0] ?? notAMoment;
    if (readIsoSeconds(viewOf(bytes), 0) !== expected) expect([...bytes]).toBe(expected);
  }
});

it('reads and refuses the same fractions of three and six digits', () => {
  const moment = '2024-03-01T00:00:00';
  for (const bytes of withOneByteChanged(['.000', '.123', '.987', '.000000', '.123456', '.999999', '.010203'])) {
    const whole = Uint8Array.from([...bytesOf(moment), ...bytes]);
    // Behind fewer digits a zone may stand, which is no fraction.
    const isDigits = bytes.subarray(1).every((byte) => byte >= 0x30 && byte <= 0x39);
    const expected = isDigits ? (general(whole)?.[1] ?? -1) : -1;
    const found = readFraction(viewOf(whole), moment.length, bytes.length === 7);
    if (found !== expected) expect([...bytes, found]).toBe(expected);
  }
});
