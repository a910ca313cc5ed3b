import type { CommitIntent, Head, LedgerKey, ObjectUnit, UnitRecord } from '@calve/core/plugin';

/** A head whose `tag` is given; everything else is plausible. */
export function headOf(tag: string, changes: Partial<Head> = {}): Head {
  return { generation: 'g1', committed: { main: 1 }, commitId: 'c1', intent: null, watermark: null, tag, ...changes };
}

/** The record of one object; place and fingerprint are derived from the key unless given. */
export function recordOf(
  key: string,
  changes: Partial<Omit<UnitRecord, 'unit'>> & { unit?: Partial<ObjectUnit> } = {},
): UnitRecord {
  const { unit, ...others } = changes;
  const place = `file:///landing/${key}`;
  return {
    unit: {
      kind: 'object',
      key,
      place,
      fingerprint: `fingerprint of ${key}`,
      uri: place,
      version: '1',
      sizeBytes: 10,
      modifiedAt: '2024-01-01T00:00:00.000Z',
      ...unit,
    },
    state: 'ingested',
    sequence: 1,
    counts: { main: { read: 3, expanded: 0, written: 2, rejected: 1, filtered: 0, deduplicated: 0, replaced: 0 } },
    attempts: 1,
    ...others,
  };
}

/** The record of an interval. */
export function intervalRecordOf(key: string): UnitRecord {
  const unit = { kind: 'interval', key, stream: 'stream', after: { id: '9007199254740993' }, upTo: [null, 'x'] } as const;
  return { unit: { ...unit, upTo: [...unit.upTo] }, state: 'ingested', sequence: 1, counts: {}, attempts: 1 };
}

/** An intent with one staged output. */
export function intentOf(key: LedgerKey): CommitIntent {
  return {
    key,
    generation: 'g1',
    sequence: 2,
    commitId: 'c2',
    previousCommitId: 'c1',
    programHash: 'p',
    program: {
      hash: 'p',
      tenant: key.tenant,
      ingestion: key.ingestion,
      access: { kind: 'none', reason: 'a test' },
      source: { name: 'local', options: { path: './landing' } },
      readers: [],
      outputs: [],
      limits: { maxRejectedRows: 1, maxRejectedRatio: 0.5, maxUnitsPerBatch: 10, maxBytesPerBatch: 1e9 },
    },
    unitKeys: ['a'],
    writerId: 'w',
    runId: 'r',
    plannedAt: '2024-01-01T00:00:00.000Z',
    records: [recordOf('a')],
    outputs: {
      main: {
        state: 'committing',
        identity: 'absent',
        snapshot: '1',
        staged: [],
        attempts: [{ head: null, outcome: 'unknown' }],
      },
    },
  };
}

/** Keys that storages like to mix up, cut or refuse. */
export const ODD_KEYS: readonly string[] = [
  'a',
  'A',
  ' a',
  'a ',
  '',
  '0',
  '00',
  '1e0',
  'null',
  'é',
  'e\u0301',
  'ß',
  'ss',
  'İ',
  'i\u0307',
  '😀',
  '\ud83d',
  '\ude00',
  '\ufffd',
  '\u0000',
  'a\u0000b',
  '\u0001"x"',
  'quote \' double " back \\ percent % _',
  'line\nbreak\r\ttab',
  '../../etc/passwd',
  "'; DROP TABLE calve_units; --",
  '\u202egnp.exe',
  'x'.repeat(3000),
];
