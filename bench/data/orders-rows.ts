import { column, type RowText } from './row-text.ts';

const text = { kind: 'string' } as const;
const day = { kind: 'date' } as const;
const dayText = (from: number, days: number): string => new Date(from + days * 86_400_000).toISOString().slice(0, 10);

/** Eight columns: numbers, a decimal, texts of which some are quoted, a day, a moment, a boolean, and an empty cell here and there. */
export const ordersCsv: RowText = {
  columns: [
    column('id', { kind: 'int64' }),
    column('customer', text),
    column('note', text),
    column('amount', { kind: 'decimal', precision: 18, scale: 2 }),
    column('quantity', { kind: 'int64' }),
    column('ordered', day),
    column('paid_at', { kind: 'timestamp', unit: 'micros', zone: 'utc' }),
    column('gift', { kind: 'boolean' }),
  ],
  format: 'csv',
  newlinesInValues: false,
  rows() {
    const first = Date.UTC(2020, 0, 1);
    let next = 0;
    return () => {
      const id = next;
      next += 1;
      const ordered = dayText(first, id % 2000);
      const note = id % 9 === 0 ? `"call first, then ring ""${id % 17}"""` : id % 4 === 0 ? '' : `shelf ${id % 311}`;
      const cents = (id * 31) % 1_000_000;
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      const minute = String(id % 60).padStart(2, '0');
      return `${id},customer ${(id * 7919) % 100_003},${note},${amount},${1 + (id % 12)},${ordered},${ordered}T09:${minute}:00Z,${id % 7 === 0}\n`;
    };
  },
};

const versioned = [
  column('id', { kind: 'int64' }),
  column('customer', text),
  column('amount', { kind: 'decimal', precision: 12, scale: 2 }),
  column('ordered', day),
  column('version', { kind: 'int64' }),
];

function versionedRows(idOf: (index: number) => number, version: number): RowText {
  return {
    columns: versioned,
    format: 'csv',
    newlinesInValues: false,
    rows() {
      const first = Date.UTC(2026, 0, 1);
      let index = 0;
      return () => {
        const id = idOf(index);
        index += 1;
        const amount = (((id * 31 + version) % 100_000) / 100).toFixed(2);
        return `${id},customer ${(id * 7919) % 100_003},${amount},${dayText(first, id % 300)},${version}\n`;
      };
    },
  };
}

/** Rows 0, 1, 2 … in their first version: the table that a merge changes. */
export const firstVersions: RowText = versionedRows((index) => index, 1);

/**
 * Second versions of `changed` rows of a table of `rows`; every tenth of them is new.
 *
 * @param spread Where the changed keys lie: all over the table, or in its newest part.
 */
export function changedVersions(rows: number, changed: number, spread: 'everywhere' | 'newest'): RowText {
  return versionedRows((index) => {
    if (index % 10 === 9) return rows + index;
    return spread === 'newest' ? rows - changed + index : Math.floor((index * rows) / changed);
  }, 2);
}
