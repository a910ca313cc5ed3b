import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import { fullSpec, issuesOf, parsed, rejects, table, withInput } from './spec-values.fixture.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

describe('a spec that parses', () => {
  it('has every default filled in, those of plugins too', () => {
    expect(parsed(smallestSpec)).toEqual({
      specVersion: 1,
      id: 'orders',
      input: {
        source: 'local',
        options: { path: './landing', pattern: '**/*' },
        format: 'detect',
        onChanged: 'hold',
        settleSeconds: 2,
        onSameContent: 'skip',
      },
      outputs: [
        {
          name: 'main',
          sink: 'lake',
          options: { table: 'sales.orders', partitionBy: [] },
          rows: 'accepted',
          columns: {},
          provenance: ['source-file', 'source-version', 'ingested-at'],
        },
      ],
      schema: { infer: 'full', onNewColumn: 'add', onTypeChange: 'hold', onRefuted: 'reject-row' },
      limits: { maxRejectedRows: 10_000, maxRejectedRatio: 0.01, maxUnitsPerBatch: 10_000, maxBytesPerBatch: 68_719_476_736 },
      trigger: { kind: 'manual' },
      engine: 'auto',
    });
  });

  it('keeps everything that was said', () => {
    expect(parsed(fullSpec)).toMatchObject(fullSpec);
  });

  it('takes a format without options', () => {
    expect(parsed(withInput({ format: { name: 'csv' } })).input.format).toEqual({
      name: 'csv',
      options: { header: true, delimiter: ',' },
    });
  });

  it('is frozen to the last member, defaults included', () => {
    const unfrozen: string[] = [];
    const visit = (value: unknown, at: string): void => {
      if (value === null || typeof value !== 'object') return;
      if (!Object.isFrozen(value)) unfrozen.push(at);
      for (const [name, member] of Object.entries(value)) visit(member, `${at}/${name}`);
    };
    visit(parsed(fullSpec), '');
    visit(parsed(smallestSpec), '');
    expect(unfrozen).toEqual([]);
  });

  it('does not follow later changes of what was parsed, and leaves it unfrozen', () => {
    const value = structuredClone(fullSpec);
    const spec = parsed(value);
    value.input.options.path = 'elsewhere';
    expect(spec.input.options).toMatchObject({ path: './landing' });
  });

  it('is the same after a way through JSON text', () => {
    for (const spec of [parsed(fullSpec), parsed(smallestSpec)]) expect(parsed(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('takes members that are undefined as absent', () => {
    expect(parsed({ ...smallestSpec, labels: undefined, engine: undefined })).toEqual(parsed(smallestSpec));
  });
});

describe('all issues at once', () => {
  it('come from the language, the names, the options, the outputs and what cannot be done yet', () => {
    const issues = issuesOf({
      ...smallestSpec,
      id: '',
      input: { source: 'nowhere', format: { name: 'csv', options: { delimiter: ';;' } }, since: 5 },
      outputs: [table, { ...rejects, name: 'main', rows: 'raw' }],
      engine: 'spark',
    });
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'SPEC_INVALID /id',
      'SPEC_INVALID /input/since',
      'SPEC_UNKNOWN_NAME /input/source',
      'OPTIONS_INVALID /input/format/options/delimiter',
      'SPEC_INVALID /outputs/1/name',
      'SPEC_UNSUPPORTED /outputs/1/rows',
      'SPEC_UNSUPPORTED /engine',
    ]);
  });

  it('never crash the parser, whatever is changed in a valid spec', () => {
    const places: (string | number)[][] = [];
    const visit = (value: unknown, at: (string | number)[]): void => {
      places.push(at);
      if (Array.isArray(value)) value.forEach((item, index) => void visit(item, [...at, index]));
      else if (value !== null && typeof value === 'object')
        for (const [name, member] of Object.entries(value)) visit(member, [...at, name]);
    };
    visit(parsed(fullSpec), []);
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
      fc.constantFrom<unknown>('detect', 'raw', 'spark', 'rescue', 'lake', 'local', [], {}, null, undefined, 0, -1, 1e300, ''),
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.string(), strange, fc.boolean()), { minLength: 1, maxLength: 3 }),
        (edits) => {
          let value: unknown = structuredClone(fullSpec);
          for (const [place, name, replacement, adds] of edits)
            value = changed(value, adds ? [...place, name] : place, replacement);
          const result = parseIngestionSpec(value, testRegistry);
          if ('spec' in result) {
            accepted += 1;
            expect(parsed(JSON.parse(JSON.stringify(result.spec)))).toEqual(result.spec);
            return;
          }
          expect(result.issues.length).toBeGreaterThan(0);
          for (const issue of result.issues) {
            expect(issue.path).toMatch(/^(\/|$)/);
            expect(issue.message).not.toContain('[object');
            expect(issue.message.length).toBeGreaterThan(10);
          }
          expect(JSON.parse(JSON.stringify(result.issues))).toEqual(result.issues);
        },
      ),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});
/** A copy with another value at a place; places that are gone are left alone. */
function changed(value: unknown, [step, ...rest]: (string | number)[], replacement: unknown): unknown {
  if (step === undefined) return replacement;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? changed(item, rest, replacement) : item));
  return { ...value, [step]: changed((value as Record<string, unknown>)[step], rest, replacement) };
}
