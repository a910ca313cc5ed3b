import type { ColumnType, Field } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, expectedRow, type JsonNode, JsonWriter, MISFIT } from './json-node.ts';
import { bytesOf, decodeFile, plan, readFile } from './read-file.ts';

const name = fc.constantFrom('a', 'b', 'c', 'é', 'x"y', '😀', 'long name of a member');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', '"', '\\', 'null', '\u0000', 'tab\tlf\n'),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

const { value, object } = fc.letrec<{ value: Draft; object: { members: [string, Draft][] } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    text,
    number,
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.record({
    members: fc.uniqueArray(fc.tuple(name, tie('value')), { selector: ([member]) => member, maxLength: 5 }),
  }),
}));
void value;

const type: fc.Arbitrary<ColumnType> = fc.letrec<{ type: ColumnType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<ColumnType>({ kind: 'string' }),
    tie('type').map((element): ColumnType => ({ kind: 'list', element: field('element', element) })),
    tie('type').map(
      (inside): ColumnType => ({ kind: 'map', key: field('key', { kind: 'string' }), value: field('value', inside) }),
    ),
    fc
      .uniqueArray(fc.tuple(name, tie('type')), { selector: ([member]) => member, minLength: 1, maxLength: 4 })
      .map((members): ColumnType => ({ kind: 'struct', fields: members.map(([member, inside]) => field(member, inside)) })),
  ),
})).type;

const structure = fc
  .uniqueArray(fc.tuple(name, type), { selector: ([member]) => member, minLength: 1, maxLength: 4 })
  .map((members) => members.map(([member, inside]) => field(member, inside)));

function field(fieldName: string, inside: ColumnType): Field {
  return { name: fieldName, type: inside, required: false };
}

const chunkBytes = fc.constantFrom(16, 17, 31, 64, 100, 1000);
const seed = fc.integer({ min: 1, max: 1_000_000 });

type Framing = 'lines' | 'values' | 'document';

function write(drafts: Draft[], framing: Framing, writerSeed: number): { content: string; records: JsonNode[] } {
  const writer = new JsonWriter(writerSeed, framing === 'lines');
  const records = drafts.map((draft) => writer.write(draft));
  const separator = framing === 'document' ? ',' : framing === 'lines' ? '\n' : ' ';
  const joined = records.map((record) => writer.blanks() + record.text + writer.blanks()).join(separator);
  return { content: framing === 'document' ? `[${joined}]` : joined, records };
}

const rowsOf = (records: readonly JsonNode[], fields: readonly Field[]) =>
  records.map((record) => {
    const row = expectedRow(record, fields);
    return row === MISFIT ? { code: 'row:structure' } : { row };
  });

describe.each<Framing>(['lines', 'values', 'document'])('records as %s', (framing) => {
  it('are read into the structure that was observed, whole, wherever chunks and batches end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 8 }),
        seed,
        chunkBytes,
        fc.integer({ min: 1, max: 5 }),
        async (drafts, writerSeed, bytes, maxRows) => {
          const { content, records } = write(drafts, framing, writerSeed);
          const file = await readFile(content, { framing }, { chunkBytes: bytes, request: { maxRows } });
          expect(file.records).toEqual(rowsOf(records, file.fields));
          expect(file.records.every((record) => 'row' in record)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are read into any structure, or rejected where they do not fit', async () => {
    let misfits = 0;
    let fits = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 6 }),
        structure,
        seed,
        chunkBytes,
        async (drafts, fields, writerSeed, bytes) => {
          const { content, records } = write(drafts, framing, writerSeed);
          const reader = plan(fields, { framing });
          const file = await decodeFile(bytesReader(bytesOf(content)), reader, { chunkBytes: bytes });
          const rows = rowsOf(records, fields);
          expect(file.records).toMatchObject(rows);
          expect(file.records).toHaveLength(rows.length);
          const whole = await decodeFile(bytesReader(bytesOf(content)), reader);
          expect(whole).toEqual(file);
          misfits += rows.filter((row) => 'code' in row).length;
          fits += rows.filter((row) => 'row' in row).length;
        },
      ),
      { numRuns: 150 },
    );
    expect(Math.min(misfits, fits)).toBeGreaterThan(20);
  });
});

describe('a rejected record', () => {
  it('is what a line holds that JSON.parse does not take, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        object,
        seed,
        fc.nat(),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', ' ', 'x', ''),
        async (draft, writerSeed, at, character) => {
          const { content } = write([draft], 'lines', writerSeed);
          const place = at % content.length;
          const damaged = content.slice(0, place) + character + content.slice(place + 1);
          if (damaged.trim() === '') return;
          const { records } = await decodeFile(bytesReader(bytesOf(damaged)), plan([]), { chunkBytes: 16 });
          const parsed = parse(damaged);
          // Text behind the first value, and arrays of objects, are read as Spark reads them.
          if (parsed === undefined) return;
          expect(records.map((record) => 'row' in record)).toEqual(
            Array.isArray(parsed) ? records.map((record) => 'row' in record) : [isObject(parsed)],
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is never one that JSON.parse takes, and always one that it refuses', async () => {
    await fc.assert(
      fc.asyncProperty(
        object,
        seed,
        fc.nat(),
        fc.constantFrom('"', '\\', '{', ']', ',', ':', '0', '-', 'x', ''),
        async (draft, writerSeed, at, character) => {
          const { content } = write([draft], 'lines', writerSeed);
          const place = 1 + (at % Math.max(1, content.trimEnd().length - 2));
          const damaged = content.slice(0, place) + character + content.slice(place + 1);
          const { records, decoded } = await decodeFile(bytesReader(bytesOf(damaged)), plan([]));
          const isIgnored = decoded.some(({ code }) => code === 'JSON_TEXT_IGNORED');
          if (isIgnored || !damaged.trimStart().startsWith('{')) return;
          expect(records.map((record) => 'row' in record)).toEqual([parse(damaged) !== undefined]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

const isObject = (parsed: unknown): boolean => typeof parsed === 'object' && parsed !== null;
