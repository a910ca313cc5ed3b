import { describe, expect, it } from 'vitest';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { DEFAULT_LIMITS } from '../context/input-limits.ts';
import { limitExceeded } from '../context/limit-exceeded.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { InputSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { isWorthAnotherTry, quarantineConditions } from './quarantine-conditions.ts';

const input = (format: InputSpec['format'], columns: OutputSpec['columns'] = {}) => ({
  input: { format } as InputSpec,
  outputs: [{ columns } as OutputSpec],
});
const csv = input({ name: 'csv', options: { delimiter: ',', nulls: ['NA'] } });
const damaged = new CalveError('MALFORMED_UNIT', 'damaged', { recovery: 'fix-input', context: { compressedOffset: 5 } });
const tooLong = limitExceeded('recordBytes', DEFAULT_LIMITS, 'Too long.', { line: 3 });
const rejected = new CalveError('VALUE_REJECTED', 'no number', { recovery: 'fix-input', context: { column: 'id', value: 'x' } });

/** A record as the ledger gives it back. */
function recordOf(error: CalveError, spec = csv, state: UnitRecord['state'] = 'quarantined'): UnitRecord {
  const observation = JSON.parse(JSON.stringify(quarantineConditions(error, spec)));
  return {
    unit: { kind: 'interval', key: 'k', stream: 's', after: null, upTo: null },
    state,
    sequence: null,
    counts: null,
    attempts: 1,
    observation,
  };
}

describe('a quarantined unit', () => {
  it('is left alone while nothing changes, whatever the order of its options', () => {
    const same = input({ name: 'csv', options: { nulls: ['NA'], delimiter: ',' } });
    for (const error of [damaged, tooLong, rejected])
      expect(isWorthAnotherTry(recordOf(error), same, DEFAULT_LIMITS)).toBe(false);
  });

  it('is worth another try when it is read otherwise', () => {
    const others: InputSpec['format'][] = ['detect', { name: 'tsv', options: {} }, { name: 'csv', options: { delimiter: ';' } }];
    for (const format of others) {
      expect(isWorthAnotherTry(recordOf(damaged), input(format), DEFAULT_LIMITS)).toBe(true);
      expect(isWorthAnotherTry(recordOf(damaged, input(format)), csv, DEFAULT_LIMITS)).toBe(true);
    }
  });

  it('is worth another try when the limit that stopped it is raised, and no other one', () => {
    const raised = { ...DEFAULT_LIMITS, recordBytes: DEFAULT_LIMITS.recordBytes + 1 };
    expect(isWorthAnotherTry(recordOf(tooLong), csv, raised)).toBe(true);
    expect(isWorthAnotherTry(recordOf(damaged), csv, raised)).toBe(false);
    expect(isWorthAnotherTry(recordOf(tooLong), csv, { ...DEFAULT_LIMITS, columns: 20_000, recordBytes: 10 })).toBe(false);
  });

  it('is worth another try when the column that stopped it is declared otherwise', () => {
    const declared = (kind: 'int64' | 'string') => input(csv.input.format, { id: { type: { kind } }, name: {} });
    const record = recordOf(rejected, declared('int64'));
    expect(isWorthAnotherTry(record, declared('int64'), DEFAULT_LIMITS)).toBe(false);
    expect(isWorthAnotherTry(record, declared('string'), DEFAULT_LIMITS)).toBe(true);
    expect(isWorthAnotherTry(record, csv, DEFAULT_LIMITS)).toBe(true);
  });

  it('of an earlier version stays where it is, and so does everything that is not quarantined', () => {
    const { observation: _, ...earlier } = recordOf(damaged);
    expect(isWorthAnotherTry(earlier, input('detect'), DEFAULT_LIMITS)).toBe(false);
    for (const state of ['ingested', 'skipped', 'held', 'failed'] as const)
      expect(isWorthAnotherTry(recordOf(damaged, csv, state), input('detect'), DEFAULT_LIMITS)).toBe(false);
  });
});
