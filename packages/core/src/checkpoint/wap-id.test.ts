import { describe, expect, it } from 'vitest';
import { parseWapId, wapId } from './wap-id.ts';

const identity = { key: { tenant: 'acme', ingestion: 'orders' }, generation: 'g1', sequence: 12, commitId: 'c12' };

describe('the id that a Spark job stages a batch under', () => {
  it('is the facts of the evidence, and is read back', () => {
    expect(wapId(identity)).toBe('ingest:acme:orders:g1:12:c12');
    expect(parseWapId(wapId(identity))).toEqual(identity);
    const last = { ...identity, sequence: Number.MAX_SAFE_INTEGER };
    expect(parseWapId(wapId(last))).toEqual(last);
  });

  it.each([
    '',
    'nightly-2026-01-01',
    'ingest:acme:orders:g1:12',
    'ingest:acme:orders:g1:12:c12:more',
    'ingest:acme:orders::12:c12',
    'Ingest:acme:orders:g1:12:c12',
    'ingest:acme:orders:g1:0:c12',
    'ingest:acme:orders:g1:-1:c12',
    'ingest:acme:orders:g1:1.5:c12',
    'ingest:acme:orders:g1:1e3:c12',
    'ingest:acme:orders:g1:012:c12',
    'ingest:acme:orders:g1:9007199254740992:c12',
    'ingest:acme:orders:g1:99999999999999999999:c12',
    ' ingest:acme:orders:g1:12:c12',
  ])('is not %j', (text) => {
    expect(parseWapId(text)).toBeNull();
  });
});
