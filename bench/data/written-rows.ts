import type { ColumnType, Field } from '@calve/core/plugin';
import type { TestValue } from '../../packages/sink-iceberg/src/datafile/testing/column-of-values.ts';
import { Random } from './random.ts';

/** Rows that are written to Parquet from memory, with the types of their columns. */
export interface WrittenRows {
  readonly fields: readonly Field[];
  /** One value per field and row, seeded. */
  readonly rows: (count: number) => Generator<TestValue[]>;
}

let lastId = 0;

/** A column, or a member of one, that may be null. */
function optional(name: string, type: ColumnType): Field {
  lastId += 1;
  return { id: lastId, name, type, required: false };
}

const int32: ColumnType = { kind: 'int32' };
const int64: ColumnType = { kind: 'int64' };
const text: ColumnType = { kind: 'string' };
const money: ColumnType = { kind: 'decimal', precision: 12, scale: 2 };
const moment: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };

const words = ['call', 'first', 'ring', 'shelf', 'left', 'door', 'Zürich', 'parcel', 'blue', 'urgent', 'return', 'gift'];
const wordOf = (random: Random): string => words[random.below(words.length)]!;

/** Rising ids, a text that hardly repeats and one that does, a decimal, numbers with nulls, days, moments, and a boolean. */
const flat: WrittenRows = {
  fields: [
    optional('id', int64),
    optional('customer', text),
    optional('note', text),
    optional('amount', money),
    optional('quantity', int32),
    optional('ordered', { kind: 'date' }),
    optional('paid_at', moment),
    optional('gift', { kind: 'boolean' }),
  ],
  *rows(count) {
    const random = new Random(0x9e37_79b9);
    let id = 100_000_000_000_000_000n;
    for (let row = 0; row < count; row++) {
      id += BigInt(1 + random.below(4000));
      yield [
        id,
        `customer${random.below(3_000_000)}@example.org`,
        random.chance(30)
          ? null
          : random.chance(66)
            ? wordOf(random)
            : `${wordOf(random)} ${wordOf(random)} ${random.below(300)}`,
        BigInt(random.below(2_000_000) - 500_000),
        random.chance(10) ? null : random.below(1000),
        18_000 + random.below(2000),
        1_600_000_000_000_000n + BigInt(random.below(86_400_000)) * 1_000_000n,
        random.chance(33),
      ];
    }
  },
};

/** Structs in structs, lists of structs and lists of texts; a tenth of each is null, and some lists are empty. */
const nested: WrittenRows = {
  fields: [
    optional('id', int64),
    optional('customer', {
      kind: 'struct',
      fields: [
        optional('name', text),
        optional('born', { kind: 'date' }),
        optional('address', {
          kind: 'struct',
          fields: [optional('city', text), optional('latitude', { kind: 'float64' })],
        }),
      ],
    }),
    optional('items', {
      kind: 'list',
      element: optional('element', {
        kind: 'struct',
        fields: [optional('article', text), optional('quantity', int32), optional('price', money)],
      }),
    }),
    optional('tags', { kind: 'list', element: optional('element', text) }),
  ],
  *rows(count) {
    const random = new Random(0x9e37_79b9);
    const listOf = (most: number, member: () => TestValue): TestValue[] =>
      Array.from({ length: random.below(most + 1) }, () => member());
    const item = (): TestValue => ({
      article: `A-${random.below(20_000)}`,
      quantity: random.chance(10) ? null : random.below(20),
      price: BigInt(random.below(100_000)),
    });
    const address = (): TestValue => ({ city: `city ${random.below(5000)}`, latitude: random.below(1_000_000_000) / 7 });
    for (let row = 0; row < count; row++)
      yield [
        BigInt(row),
        random.chance(10)
          ? null
          : {
              name: `customer ${random.below(3_000_000)}`,
              born: random.chance(10) ? null : random.below(20_000),
              address: random.chance(10) ? null : address(),
            },
        random.chance(10) ? null : listOf(4, item),
        random.chance(10) ? null : listOf(3, () => wordOf(random)),
      ];
  },
};

/** By name. */
export const WRITTEN_ROWS: Readonly<Record<string, WrittenRows>> = { flat, nested };
