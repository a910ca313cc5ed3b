import { describe, expect, it } from 'vitest';
import type { ObservedUnitResult } from './observation-cache.ts';
import { SharedLooks } from './shared-looks.ts';

const look = (name: string, fits: boolean | undefined, rows: number): ObservedUnitResult =>
  structuredClone({
    format: 'csv',
    plan: { kind: 'delimited', columns: [name] },
    observation: {
      fields: [
        {
          field: { name, type: { kind: 'string' }, required: false },
          evidence: [],
          ...(fits === undefined ? { statistics: { values: rows, nulls: 0, empty: 0, classes: {} } } : { fits }),
        },
      ],
      origin: 'full-scan',
      sampledBytes: 10,
      exactRows: rows,
      facts: { name },
      findings: [],
    },
  } as unknown as ObservedUnitResult);

describe('looks into files of one kind', () => {
  it('say what each of them said', () => {
    const looks = new SharedLooks();
    for (const one of [look('a', true, 1), look('b', true, 2), look('a', true, 3), look('a', false, 4), look('a', undefined, 5)])
      expect(looks.shared(one)).toEqual(one);
  });

  it('share what they say alike', () => {
    const looks = new SharedLooks();
    const [first, second, counted] = [look('a', true, 1), look('a', true, 2), look('a', undefined, 3)].map((one) =>
      looks.shared(one),
    );
    expect(second!.plan).toBe(first!.plan);
    expect(second!.observation.fields).toBe(first!.observation.fields);
    expect(counted!.plan).toBe(first!.plan);
    expect(counted!.observation.fields).not.toBe(first!.observation.fields);
    expect(second!.observation.exactRows).toBe(2);
  });

  it('do not fill memory when each is of another kind', () => {
    const looks = new SharedLooks();
    const first = looks.shared(look('a', true, 1));
    for (let kind = 0; kind < 1_000; kind++) looks.shared(look(`column ${kind}`, true, 1));
    expect(looks.shared(look('a', true, 1)).plan).not.toBe(first.plan);
  });
});
