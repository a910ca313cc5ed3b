import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import { type ColumnBatch, createColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { ColumnType, Field } from '../columns/column-type.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ProvenanceColumn } from '../spec/ingestion-spec.ts';

/** What all rejected rows of one unit have in common. */
export interface RejectionFacts {
  unit: ObjectUnit;
  runId: string;
  plannedAt: string;
  sequence: number;
  programHash: string;
}

const string: ColumnType = { kind: 'string' };
const int64: ColumnType = { kind: 'int64' };
const utc: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };

const PROVENANCE_TYPES: Record<ProvenanceColumn, ColumnType> = {
  'source-file': string,
  'source-version': string,
  'source-modified': utc,
  record: int64,
  'run-id': string,
  'ingested-at': utc,
};

/** Columns that tell where a row came from, in the order of the spec. */
export function provenanceFields(columns: readonly ProvenanceColumn[]): Field[] {
  return columns.map((column) => ({ name: PROVENANCE_COLUMNS[column], type: PROVENANCE_TYPES[column], required: false }));
}

/** Columns of a table of rejected rows. `_ingested_at` is always there: the table is partitioned by its day. */
export function rejectedFields(provenance: readonly ProvenanceColumn[]): Field[] {
  const columns = provenance.includes('ingested-at') ? provenance : [...provenance, 'ingested-at' as const];
  const optional = (name: string, type: ColumnType): Field => ({ name, type, required: false });
  return [
    ...provenanceFields(columns),
    optional('sequence', int64),
    optional('program_hash', string),
    optional('errors', { kind: 'list', element: { name: 'element', type: string, required: false } }),
    optional('raw', { kind: 'binary' }),
    optional('raw_truncated', { kind: 'boolean' }),
    optional('byte_offset', int64),
    optional('line', int64),
    optional('sheet', string),
  ];
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
