import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import { type ColumnBatch, createColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { Field } from '../columns/column-type.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { ObjectUnit } from '../source/input-unit.ts';

/** What all rejected rows of one unit have in common. */
export interface RejectionFacts {
  unit: ObjectUnit;
  runId: string;
  plannedAt: string;
  sequence: number;
  programHash: string;
}

/**
 * Rejected records of one unit as a batch of a table of rejected rows. Rejections are rare, so this is written for clarity.
 *
 * @param fields What `rejectedFields` gave, in any order, ids included.
 */
export function rejectedBatch(records: readonly RejectedRecord[], fields: readonly Field[], facts: RejectionFacts): ColumnBatch {
  const { unit } = facts;
  const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;
  const same = <T>(value: T): T[] => records.map(() => value);
  const columns: Record<string, () => ColumnData> = {
    [PROVENANCE_COLUMNS['source-file']]: () => textColumn(same(unit.uri)),
    [PROVENANCE_COLUMNS['source-version']]: () => textColumn(same(unit.version)),
    [PROVENANCE_COLUMNS['source-modified']]: () => longColumn(same(micros(unit.modifiedAt))),
    [PROVENANCE_COLUMNS.record]: () => longColumn(records.map(({ position }) => position.record)),
    [PROVENANCE_COLUMNS['run-id']]: () => textColumn(same(facts.runId)),
    [PROVENANCE_COLUMNS['ingested-at']]: () => longColumn(same(micros(facts.plannedAt))),
    sequence: () => longColumn(same(facts.sequence)),
    program_hash: () => textColumn(same(facts.programHash)),
    errors: () => listColumn(records.map(({ codes }) => codes)),
    raw: () => bytesColumn(records.map(({ raw }) => raw)),
    raw_truncated: () => booleanColumn(records.map(({ truncated }) => truncated)),
    byte_offset: () => longColumn(records.map(({ position }) => position.byteOffset)),
    line: () => longColumn(records.map(({ position }) => position.line)),
    sheet: () => textColumn(records.map(({ position }) => position.sheet)),
  };
  const present = fields.filter((field) => Object.hasOwn(columns, field.name));
  return createColumnBatch({
    fields: present,
    columns: present.map((field) => (columns[field.name] as () => ColumnData)()),
    rows: records.length,
  });
}

function validityOf(values: readonly unknown[]): { validity?: Uint8Array } {
  if (!values.includes(undefined)) return {};
  const validity = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, row) => {
    if (value !== undefined) validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
  });
  return { validity };
}

function longColumn(values: readonly (bigint | number | undefined)[]): ColumnData {
  const longs = BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  return { layout: 'fixed', width: 8, values: new Uint8Array(longs.buffer), ...validityOf(values) };
}

function booleanColumn(values: readonly boolean[]): ColumnData {
  return {
    layout: 'fixed',
    width: 0,
    values: validityOf(values.map((value) => value || undefined)).validity ?? new Uint8Array((values.length + 7) >> 3).fill(0xff),
  };
}

function textColumn(values: readonly (string | undefined)[]): ColumnData {
  const encoder = new TextEncoder();
  return bytesColumn(values.map((value) => (value === undefined ? undefined : encoder.encode(value))));
}

function bytesColumn(values: readonly (Uint8Array | undefined)[]): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  values.forEach((value, row) => {
    offsets[row + 1] = (offsets[row] as number) + (value?.length ?? 0);
  });
  const bytes = new Uint8Array(offsets[values.length] as number);
  values.forEach((value, row) => {
    if (value) bytes.set(value, offsets[row] as number);
  });
  return { layout: 'offsets', offsets, bytes, ...validityOf(values) };
}

function listColumn(values: readonly (readonly string[])[]): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  values.forEach((value, row) => {
    offsets[row + 1] = (offsets[row] as number) + value.length;
  });
  return { layout: 'list', offsets, element: textColumn(values.flat()) };
}
