import { describe, expect, it } from 'vitest';
import { readValue } from '../columns/read-value.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import { rejectedFields } from '../plan/output-fields.ts';
import { unitOf } from '../plan/plan-values.fixture.ts';
import type { ProvenanceColumn } from '../spec/ingestion-spec.ts';
import { rejectedBatch } from './rejected-rows.ts';

const facts = {
  unit: unitOf('a.csv', { modifiedAt: '2026-01-01T00:00:00.123Z' }),
  runId: 'run',
  plannedAt: '2026-01-02T03:04:05.678Z',
  sequence: 7,
  programHash: 'program',
};
const all: ProvenanceColumn[] = ['source-file', 'source-version', 'source-modified', 'record', 'run-id', 'ingested-at'];

function record(changes: Partial<RejectedRecord> = {}): RejectedRecord {
  return {
    position: { unit: '', byteOffset: 10, record: 3, line: 4 },
    codes: ['amount:int64', 'day:date'],
    columns: ['amount', 'day'],
    raw: Uint8Array.of(0x78, 0xff),
    truncated: false,
    ...changes,
  };
}

function rowsOf(records: RejectedRecord[], fields = rejectedFields(all)) {
  const batch = rejectedBatch(records, fields, facts);
  return Array.from({ length: batch.rows }, (_, row) =>
    Object.fromEntries(batch.fields.map(({ name, type }, index) => [name, readValue(batch.columns[index]!, type, row)])),
  );
}

describe('rejectedBatch', () => {
  it('tells of each row where it stood, why it was rejected and what its bytes were', () => {
    expect(rowsOf([record()])).toEqual([
      {
        _source_file: 'file:///landing/a.csv',
        _source_version: '1',
        _source_mtime: '2026-01-01T00:00:00.123000Z',
        _source_record: '3',
        _ingest_run_id: 'run',
        _ingested_at: '2026-01-02T03:04:05.678000Z',
        sequence: '7',
        program_hash: 'program',
        errors: ['amount:int64', 'day:date'],
        raw: Buffer.from([0x78, 0xff]).toString('base64'),
        raw_truncated: false,
        byte_offset: '10',
        line: '4',
        sheet: null,
      },
    ]);
  });

  it('leaves empty what is not known, for each row', () => {
    const rows = rowsOf([
      record(),
      record({ position: { unit: '', sheet: 'Sheet 1' }, codes: [], raw: new Uint8Array(0), truncated: true }),
      record(),
    ]);
    expect(rows.map(({ line }) => line)).toEqual(['4', null, '4']);
    expect(rows.map(({ sheet }) => sheet)).toEqual([null, 'Sheet 1', null]);
    expect(rows.map(({ raw_truncated }) => raw_truncated)).toEqual([false, true, false]);
    expect(rows.map(({ errors }) => errors)).toEqual([['amount:int64', 'day:date'], [], ['amount:int64', 'day:date']]);
    expect(rows.map(({ raw }) => raw)).toEqual(['eP8=', '', 'eP8=']);
  });

  it('says truncated for all rows of nine or more, where a byte of bits is not enough', () => {
    const rows = rowsOf(Array.from({ length: 17 }, () => record({ truncated: true })));
    expect(rows.every(({ raw_truncated }) => raw_truncated === true)).toBe(true);
  });

  it('fills only columns that it knows, in the order of the table', () => {
    const [line, raw] = [rejectedFields([]).at(-2)!, rejectedFields([]).at(4)!];
    const added = ['note', 'constructor', 'toString'].map((name) => ({ ...line, name }));
    expect(Object.keys(rowsOf([record()], [raw, ...added, line])[0]!)).toEqual(['raw', 'line']);
  });
});
