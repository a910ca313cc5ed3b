import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../columns/column-type.ts';
import { bytesText, explainPlan } from './explain-plan.ts';
import type { ColumnDecision, IngestionPlan } from './ingestion-plan.ts';
import { planOf, recordOf, unitOf } from './plan-values.fixture.ts';

function column(name: string, type: ColumnType, rest: Partial<ColumnDecision> = {}): ColumnDecision {
  return { name, field: { name, type, required: false }, origin: 'inferred', evidence: [], misfits: 0, ...rest };
}

const long = 'a value that is longer than anybody wants to read in a table of columns';
const [a, b, renamed] = [
  unitOf('2026/a.csv'),
  unitOf('2026/größe.csv', { uri: 'file:///landing/2026/gr%C3%B6%C3%9Fe.csv' }),
  unitOf('c.csv'),
];

/** A bit of everything that a plan can say. */
function plan(): IngestionPlan {
  const base = planOf();
  const [main, rejected] = base.program.outputs;
  const change = (message: string) => ({
    kind: 'create-table' as const,
    path: [],
    before: null,
    after: null,
    reason: { code: 'TABLE_CREATED', severity: 'info' as const, message },
  });
  return {
    ...base,
    program: {
      ...base.program,
      outputs: [
        { ...main!, changes: [change('sales.orders will be created.')] },
        { ...rejected!, changes: [] },
      ],
    },
    batch: {
      ...base.batch,
      skipped: [
        {
          reason: 'does not fit the pattern *.csv.',
          count: 120,
          examples: ['file:///landing/x%20y.txt', 'file:///landing/z.txt'],
        },
        { reason: 'already loaded', count: 1, examples: ['file:///landing/old.csv'] },
      ],
      units: [
        { unit: a, reader: 'r1', because: 'new' },
        { unit: b, reader: 'r1', because: 'retry' },
      ],
      setAside: [
        recordOf(renamed, {
          state: 'held',
          finding: {
            code: 'OBJECT_CHANGED_AFTER_LOAD',
            severity: 'warning',
            message: 'c.csv changed after it was loaded.',
            fixes: [{ title: 'Ignore changed files', specPatch: [{ op: 'replace', path: '/input/onChanged', value: 'ignore' }] }],
          },
        }),
      ] as IngestionPlan['batch']['setAside'],
    },
    columns: [
      column('id', { kind: 'int64' }, { origin: 'table' }),
      column(
        'amount',
        { kind: 'decimal', precision: 18, scale: 2 },
        {
          evidence: [
            { excludes: { kind: 'int64' }, value: '1.5', at: { unit: a.key, line: 3 } },
            { excludes: { kind: 'decimal', precision: 18, scale: 1 }, value: '1.25', at: { unit: b.key, line: 7 } },
          ],
        },
      ),
      column('note', { kind: 'string' }, { evidence: [{ excludes: { kind: 'date' }, value: long, at: { unit: 'elsewhere' } }] }),
      column('paid', { kind: 'boolean' }),
      column('at', { kind: 'timestamp', unit: 'micros', zone: 'utc' }, { origin: 'declared' }),
      column('_source_file', { kind: 'string' }, { origin: 'provenance' }),
    ],
    findings: [
      { code: 'SCHEMA_COLUMN_MISSING', severity: 'info', message: 'Column "paid" is absent from 1 of 2 files.' },
      {
        code: 'SCHEMA_VALUES_REFUTED',
        severity: 'warning',
        message: 'Column "amount": 1 of 200 values do not fit.',
        fixes: [
          {
            title: 'Make "amount" text',
            specPatch: [{ op: 'add', path: '/outputs/0/columns/amount', value: { type: { kind: 'string' } } }],
          },
        ],
      },
    ],
    backlog: { units: 3, bytes: 5 * 2 ** 20, complete: true },
  };
}

describe('explainPlan', () => {
  it('tells a plan to a person', async () => {
    await expect(explainPlan(plan())).toMatchFileSnapshot('explain-plan.golden.txt');
  });

  it('gives the same text for the same plan, also after JSON, and leaves it as it was', () => {
    const one = plan();
    const text = explainPlan(one);
    expect(explainPlan(one)).toBe(text);
    expect(explainPlan(JSON.parse(JSON.stringify(one)))).toBe(text);
    expect(one).toEqual(plan());
  });

  it.each([
    [
      ['/a/x.csv', 'y.csv'],
      ['/a/x.csv', 'y.csv'],
    ],
    [
      ['s3://b/a/x.csv', 's3://b/c/y.csv'],
      ['a/x.csv', 'c/y.csv'],
    ],
    [
      ['s3://b/x.csv', 'file:///y.csv'],
      ['s3://b/x.csv', 'file:///y.csv'],
    ],
  ])('names files without the folders that all share: %j', (uris, names) => {
    const units = uris.map((uri) => ({ unit: unitOf(uri, { uri }), reader: 'r1', because: 'new' as const }));
    const text = explainPlan(planOf({ batch: { ...planOf().batch, units } }));
    for (const name of names) expect(text).toContain(`  new      ${name}  `);
  });

  it('says when there is nothing to do', () => {
    const empty = planOf({ batch: { ...planOf().batch, units: [] } });
    expect(explainPlan(empty)).toContain('Nothing new: there is nothing to do.');
  });

  it('stays short when there is a lot', () => {
    const units = Array.from({ length: 1000 }, (_, index) => ({
      unit: unitOf(`${index}.csv`),
      reader: 'r1',
      because: 'new' as const,
    }));
    const findings = units.map(({ unit }) => ({ code: 'FORMAT_DETECTED', severity: 'info' as const, message: unit.uri }));
    const text = explainPlan(planOf({ batch: { ...planOf().batch, units }, findings }));
    expect(text).toContain('Files to load: 1000');
    expect(text).toContain('… and 980 more');
    expect(text.split('\n').length).toBeLessThan(40);
  });
});

describe('bytesText', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [2 ** 20, '1.0 MiB'],
    [2 ** 30, '1.0 GiB'],
    [2 ** 41, '2048.0 GiB'],
  ])('%i is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});
