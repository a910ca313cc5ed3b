import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotReference, TableMetadata } from '../metadata/table-metadata.ts';
import { planExpiry } from './plan-expiry.ts';

const DAY = 24n * 60n * 60n * 1000n;

interface Facts {
  properties?: Record<string, string>;
  refs?: Record<string, SnapshotReference>;
  summaries?: Record<number, Record<string, string>>;
  beside?: Snapshot[];
}

/** Snapshots 1 to `days`, one each day; the newest is a day old. */
function table(days: number, { properties = {}, refs = {}, summaries = {}, beside = [] }: Facts = {}): TableMetadata {
  const snapshots = Array.from({ length: days }, (_, at) => snapshot(at + 1, at, BigInt(at), summaries[at + 1]));
  const main: SnapshotReference = { type: 'branch', 'snapshot-id': BigInt(days), ...refs['main'] };
  return { snapshots: [...snapshots, ...beside], properties, refs: { ...refs, main } } as unknown as TableMetadata;
}

function snapshot(id: number, parent: number, day: bigint, summary: Record<string, string> = {}): Snapshot {
  const own = {
    'snapshot-id': BigInt(id),
    'sequence-number': BigInt(id),
    'timestamp-ms': day * DAY,
    'manifest-list': '',
    summary,
  };
  return parent === 0 ? own : { ...own, 'parent-snapshot-id': BigInt(parent) };
}
const plan = (days: number, facts?: Facts): number[] => planExpiry(table(days, facts), BigInt(days) * DAY).map(Number);
const marker = (snapshotId: number, sequence: number) => JSON.stringify({ v: 1, sequence, snapshot: String(snapshotId) });
const ofLedger = (sequence: number) => ({ 'ingest.tenant': 't', 'ingest.ingestion': 'i', 'ingest.sequence': String(sequence) });

describe('planExpiry', () => {
  it('keeps five days, and the newest', () => {
    expect(plan(4)).toEqual([]);
    expect(plan(8)).toEqual([3, 2, 1]);
    expect(planExpiry(table(3), 1000n * DAY)).toEqual([3n, 2n, 1n]);
  });

  it('keeps what the properties say, and before them what the branch says', () => {
    const properties = { 'history.expire.max-snapshot-age-ms': String(2n * DAY), 'history.expire.min-snapshots-to-keep': '4' };
    expect(plan(8, { properties })).toEqual([5, 4, 3, 2, 1]);
    const main: SnapshotReference = { type: 'branch', 'snapshot-id': 8n, 'min-snapshots-to-keep': 7, 'max-snapshot-age-ms': DAY };
    expect(plan(8, { properties, refs: { main } })).toEqual([2, 1]);
  });

  it('keeps what tags and other branches need', () => {
    const tag: SnapshotReference = { type: 'tag', 'snapshot-id': 1n };
    const branch: SnapshotReference = { type: 'branch', 'snapshot-id': 101n };
    expect(plan(9, { refs: { tag } })).toEqual([4, 3, 2]);
    expect(plan(9, { refs: { branch }, beside: [snapshot(101, 2, 2n)] })).toEqual([4, 3]);
  });

  it('leaves alone what is not in the history: a rollback is still seen as one', () => {
    expect(plan(9, { beside: [snapshot(50, 1, 0n)] })).toEqual([4, 3, 2, 1]);
  });

  it('lets the snapshot of evidence go where a property says the same, and otherwise keeps it and all after it', () => {
    const summaries = { 2: ofLedger(7) };
    expect(plan(9, { summaries, properties: { 'ingest.t.i': marker(2, 7) } })).toEqual([4, 3, 2, 1]);
    expect(plan(9, { summaries, properties: { 'ingest.t.i': marker(1, 6) } })).toEqual([1]);
    expect(plan(9, { summaries })).toEqual([1]);
    const published = { 3: { 'published-wap-id': 'ingest:t:i:g:7:abc' } };
    expect(plan(9, { summaries: published })).toEqual([2, 1]);
  });

  it('keeps the history whole down to a snapshot that both evidence and a tag name', () => {
    const refs: Facts['refs'] = { theirs: { type: 'tag', 'snapshot-id': 2n } };
    expect(plan(9, { refs, properties: { 'ingest.t.i': marker(2, 7) } })).toEqual([1]);
    expect(plan(9, { refs: { 'ingest.t.i': { type: 'tag', 'snapshot-id': 3n } } })).toEqual([2, 1]);
  });

  it('never breaks the history between the head and evidence that is still listed', () => {
    const numbers = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(numbers, numbers, fc.array(numbers), fc.integer({ min: 1, max: 8 }), (days, named, tags, count) => {
        const refs = Object.fromEntries(
          tags.map((id, at) => [`tag${at}`, { type: 'tag' as const, 'snapshot-id': BigInt(Math.min(id, days)) }]),
        );
        const evidence = Math.min(named, days);
        const properties = { 'ingest.t.i': marker(evidence, 1), 'history.expire.min-snapshots-to-keep': String(count) };
        const expired = plan(days, { refs, properties });
        if (!expired.includes(evidence)) expect(expired.filter((id) => id > evidence)).toEqual([]);
        for (const { 'snapshot-id': id } of Object.values(refs)) expect(expired).not.toContain(Number(id));
        expect(expired.every((id) => id <= days - count + 1)).toBe(true);
      }),
    );
  });
});
