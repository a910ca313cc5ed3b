import type { Field } from '@calve/core';
import { BaseRows } from './base-rows.ts';
import { Random } from './random.ts';

/** Rows of one kind as text. */
export interface RowText {
  /** As the table has them, none required. */
  readonly columns: readonly Field[];
  readonly format: 'csv' | 'jsonl';
  /** True: line feeds stand inside of quoted fields. */
  readonly newlinesInValues: boolean;
  /** The same rows from the first one on, each call; every text is one row with its line feed. */
  rows(): () => string;
}

const otherSeed = 12_345;

/** A column that may be null. */
export function column(name: string, type: Field['type']): Field {
  return { name, type, required: false };
}

const int32 = { kind: 'int32' } as const;
const int64 = { kind: 'int64' } as const;
const float64 = { kind: 'float64' } as const;
const date = { kind: 'date' } as const;
const boolean = { kind: 'boolean' } as const;
const string = { kind: 'string' } as const;
const moment = { kind: 'timestamp', unit: 'micros', zone: 'utc' } as const;
const money = { kind: 'decimal', precision: 12, scale: 2 } as const;

const baseColumns: readonly Field[] = [
  column('id', int64),
  column('ordered_at', moment),
  column('ship_on', date),
  column('amount', money),
  column('weight', float64),
  column('quantity', int32),
  column('gift', boolean),
  column('status', string),
  column('country', string),
  column('email', string),
  column('city', string),
  column('note', string),
];

/** 12 columns of every kind, quotes only where they are needed. */
export const baseCsv: RowText = {
  columns: baseColumns,
  format: 'csv',
  newlinesInValues: true,
  rows() {
    const rows = new BaseRows();
    return () => {
      const row = rows.next();
      const { note } = row;
      const shown = note === null ? '' : /[,"\n]/.test(note) ? `"${note.replaceAll('"', '""')}"` : note;
      return `${row.id},${row.orderedAt},${row.shipOn},${row.amount ?? ''},${row.weight},${row.quantity ?? ''},${row.gift},${row.status},${row.country},${row.email},${row.city},${shown}\n`;
    };
  },
};

/** The same rows with every value in quotes. What is null has none, so that all readers agree on it. */
export const quotedCsv: RowText = {
  ...baseCsv,
  rows() {
    const rows = new BaseRows();
    const quoted = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
    return () => {
      const row = rows.next();
      return `"${row.id}","${row.orderedAt}","${row.shipOn}",${quoted(row.amount)},"${row.weight}",${quoted(row.quantity)},"${row.gift}","${row.status}","${row.country}","${row.email}","${row.city}",${quoted(row.note)}\n`;
    };
  },
};

/** The same rows as JSON Lines with two levels of structs. */
export const nestedJson: RowText = {
  columns: [
    column('id', int64),
    column('ordered_at', moment),
    column('ship_on', date),
    column('customer', {
      kind: 'struct',
      fields: [
        column('email', string),
        column('address', { kind: 'struct', fields: [column('city', string), column('country', string)] }),
      ],
    }),
    column('item', {
      kind: 'struct',
      fields: [
        column('amount', money),
        column('quantity', int32),
        column('weight', float64),
        column('gift', boolean),
        column('status', string),
      ],
    }),
    column('note', string),
  ],
  format: 'jsonl',
  newlinesInValues: false,
  rows() {
    const rows = new BaseRows();
    return () => {
      const row = rows.next();
      const customer = `{"email":"${row.email}","address":{"city":"${row.city}","country":"${row.country}"}}`;
      const item = `{"amount":${row.amount},"quantity":${row.quantity},"weight":${row.weight},"gift":${row.gift},"status":"${row.status}"}`;
      return `{"id":${row.id},"ordered_at":"${row.orderedAt}","ship_on":"${row.shipOn}","customer":${customer},"item":${item},"note":${JSON.stringify(row.note)}}\n`;
    };
  },
};

const instructions = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'];
const modes = ['AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB', 'REG AIR'];
const firstDay = Date.UTC(1992, 0, 1);

/** 16 columns like those of TPC-H's lineitem: four decimals, three dates, no quotes. https://www.tpc.org/tpch/ */
export const lineitemCsv: RowText = {
  columns: [
    column('l_orderkey', int64),
    column('l_partkey', int32),
    column('l_suppkey', int32),
    column('l_linenumber', int32),
    ...['l_quantity', 'l_extendedprice', 'l_discount', 'l_tax'].map((name) => column(name, money)),
    ...['l_returnflag', 'l_linestatus'].map((name) => column(name, string)),
    ...['l_shipdate', 'l_commitdate', 'l_receiptdate'].map((name) => column(name, date)),
    ...['l_shipinstruct', 'l_shipmode', 'l_comment'].map((name) => column(name, string)),
  ],
  format: 'csv',
  newlinesInValues: false,
  rows() {
    const random = new Random(otherSeed);
    const cents = (limit: number): string => (random.below(limit) / 100).toFixed(2);
    let order = 1;
    let line = 0;
    return () => {
      line += 1;
      if (line > 7 || random.chance(25)) {
        order += 1 + random.below(8);
        line = 1;
      }
      const shipped = firstDay + random.below(2500) * 86_400_000;
      const day = (after: number): string => new Date(shipped + after * 86_400_000).toISOString().slice(0, 10);
      const amounts = `${1 + random.below(50)}.00,${cents(10_000_000)},${cents(11)},${cents(9)}`;
      const flags = `${'NRA'[random.below(3)]!},${'OF'[random.below(2)]!}`;
      const days = `${day(0)},${day(random.below(60) - 30)},${day(1 + random.below(30))}`;
      const texts = `${instructions[random.below(4)]!},${modes[random.below(7)]!},comment ${random.bits().toString(36)} ${random.bits().toString(36)}`;
      return `${order},${1 + random.below(200_000)},${1 + random.below(10_000)},${line},${amounts},${flags},${days},${texts}\n`;
    };
  },
};

/** 20 doubles with 6 decimals. */
export const floatsCsv: RowText = {
  columns: Array.from({ length: 20 }, (_, number) => column(`f${number}`, float64)),
  format: 'csv',
  newlinesInValues: false,
  rows() {
    const random = new Random(otherSeed);
    return () => {
      let row = ((random.fraction() - 0.5) * 2000).toFixed(6);
      for (let number = 1; number < 20; number += 1) row += `,${((random.fraction() - 0.5) * 2000).toFixed(6)}`;
      return `${row}\n`;
    };
  },
};

/** 300 columns: whole numbers, decimals and texts by turns. */
export const wideCsv: RowText = {
  columns: Array.from({ length: 300 }, (_, number) => column(`c${number}`, [int32, money, string][number % 3]!)),
  format: 'csv',
  newlinesInValues: false,
  rows() {
    const random = new Random(otherSeed);
    return () => {
      const values: string[] = [];
      for (let number = 0; number < 100; number += 1) {
        values.push(`${random.below(1_000_000)},${(random.below(1_000_000) / 100).toFixed(2)},t${random.below(5000)}`);
      }
      return `${values.join(',')}\n`;
    };
  },
};
