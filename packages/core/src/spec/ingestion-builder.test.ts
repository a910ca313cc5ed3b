import { describe, expect, expectTypeOf, it } from 'vitest';
import { date, decimal, drop, timestamp } from '../columns/column-type-words.ts';
import type { CalveRegistry, OptionsInput } from '../create-calve-types.ts';
import { CalveError } from '../errors/calve-error.ts';
import { createIngestionBuilder } from './create-ingestion-builder.ts';
import type { BuildTooEarly, NotYet } from './ingestion-builder.ts';
import type { IngestionSpec } from './ingestion-spec.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import { testRegistry } from './test-registry.fixture.ts';

const ingestion = (id: string) => createIngestionBuilder(testRegistry, id);
const ready = () => ingestion('orders').from('local', { path: './landing' }).detect().into('lake', { table: 'sales.orders' });

/** The issues of a spec that does not build, as `code path`. */
function issuesOf(build: () => unknown): string[] {
  try {
    build();
  } catch (error) {
    expect(CalveError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', recovery: { kind: 'fix-input' } });
    const { issues } = (error as CalveError).context as unknown as { issues: { code: string; path: string }[] };
    for (const { path } of issues) expect((error as CalveError).message).toContain(path);
    return issues.map(({ code, path }) => `${code} ${path}`);
  }
  return expect.fail('the spec was built');
}

describe('the builder', () => {
  it('gives the spec that its calls describe, with the quarantine that the sink names', () => {
    const spec = ingestion('orders')
      .from('local', { path: './landing', pattern: 'orders-*.csv.gz' })
      .as('csv', { header: true })
      .columns({ amount: decimal(12, 2), at: timestamp(), old: drop() })
      .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'at' }] }, { provenance: ['record'] })
      .schema({ onNewColumn: 'hold' })
      .limits({ maxRejectedRows: 5 })
      .onChanged('ignore')
      .onSameContent('hold')
      .settle(0)
      .since('2026-01-31T00:00:00Z')
      .labels({ team: 'sales' })
      .build();

    expect(spec).toEqual({
      specVersion: 1,
      id: 'orders',
      labels: { team: 'sales' },
      input: {
        source: 'local',
        options: { path: './landing', pattern: 'orders-*.csv.gz' },
        format: { name: 'csv', options: { header: true, delimiter: ',' } },
        onChanged: 'ignore',
        settleSeconds: 0,
        since: '2026-01-31T00:00:00Z',
        onSameContent: 'hold',
      },
      outputs: [
        {
          name: 'main',
          sink: 'lake',
          options: { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'at' }] },
          rows: 'accepted',
          columns: {
            amount: { type: { kind: 'decimal', precision: 12, scale: 2 } },
            at: { type: { kind: 'timestamp', unit: 'micros', zone: 'none' } },
            old: { drop: true },
          },
          provenance: ['record'],
        },
        {
          name: 'rejected',
          sink: 'lake',
          options: { table: 'sales.orders__rejected', partitionBy: [] },
          rows: 'rejected',
          columns: {},
          provenance: ['record'],
        },
      ],
      schema: { infer: 'full', onNewColumn: 'hold', onTypeChange: 'hold', onRefuted: 'reject-row' },
      limits: { maxRejectedRows: 5, maxRejectedRatio: 0.01, maxUnitsPerBatch: 10_000, maxBytesPerBatch: 68_719_476_736 },
      trigger: { kind: 'manual' },
      engine: 'auto',
    });
  });

  it('gives a frozen spec that JSON and the parser give back', () => {
    const spec = ready().build();
    expect(Object.isFrozen(spec.outputs[1]?.options)).toBe(true);
    expect(parseIngestionSpec(JSON.parse(JSON.stringify(spec)), testRegistry)).toEqual({ spec });
  });

  it('is immutable: two specs can grow from one beginning', () => {
    const start = ingestion('orders').from('local', { path: './landing' }).detect();
    const one = start.into('lake', { table: 'sales.one' });
    const two = start.settle(7).into('lake', { table: 'sales.two' });
    expect(one.build().outputs[0]?.options).toMatchObject({ table: 'sales.one' });
    expect(one.build().input.settleSeconds).toBe(2);
    expect(two.build().input.settleSeconds).toBe(7);
    expect(two.build().outputs[0]?.options).toMatchObject({ table: 'sales.two' });
  });

  it('does not follow later changes of its arguments', () => {
    const options = { path: './landing' };
    const builder = ingestion('orders').from('local', options).detect().into('lake', { table: 'sales.orders' });
    options.path = 'elsewhere';
    expect(builder.build().input.options).toMatchObject({ path: './landing' });
  });

  it('names the output as told', () => {
    const named = ready().into('lake', { table: 'sales.orders' }, { name: 'orders' });
    expect(named.build().outputs.map((output) => output.name)).toEqual(['orders', 'rejected']);
  });

  it('throws all issues at once, those of the quarantine not among them while its table is unknown', () => {
    const bad = ingestion('or ders').from('local', { path: '' }).detect().into('lake', { table: 'orders' }).settle(-1);
    expect(issuesOf(() => bad.build())).toEqual([
      'SPEC_INVALID /id',
      'SPEC_INVALID /input/settleSeconds',
      'OPTIONS_INVALID /input/options/path',
      'OPTIONS_INVALID /outputs/0/options/table',
    ]);
  });

  it('says that a pattern of dates is none', () => {
    expect(
      issuesOf(() =>
        ready()
          .columns({ at: date('DD/MM/YYYY') })
          .build(),
      ),
    ).toEqual(['SPEC_INVALID /outputs/0/columns/at/formats/0']);
  });
});

// Each line under a @ts-expect-error has to be refused by the compiler, which checks this file; what happens at run time anyway is asserted.
describe('the compiler refuses', () => {
  it('names that are not registered', () => {
    // @ts-expect-error no source has this key
    expect(issuesOf(() => ready().from('s3', { path: 'x' }).build())).toEqual(['SPEC_UNKNOWN_NAME /input/source']);
    // @ts-expect-error no format has this key
    expect(issuesOf(() => ready().as('json').build())).toEqual(['SPEC_UNKNOWN_NAME /input/format/name']);
    // @ts-expect-error no sink has this key
    expect(issuesOf(() => ready().into('swamp', { table: 'a.b' }).build())).toEqual(['SPEC_UNKNOWN_NAME /outputs/0/sink']);
  });

  it('options that the plugin does not have, of a wrong type, or missing', () => {
    // @ts-expect-error the option is called path
    expect(issuesOf(() => ready().from('local', { path: 'x', paths: 'y' }).build())).toEqual([
      'OPTIONS_INVALID /input/options/paths',
    ]);
    // @ts-expect-error a delimiter is text
    expect(issuesOf(() => ready().as('csv', { delimiter: 5 }).build())).toEqual([
      'OPTIONS_INVALID /input/format/options/delimiter',
    ]);
    // @ts-expect-error path is needed
    expect(issuesOf(() => ready().from('local').build())).toEqual(['OPTIONS_INVALID /input/options/path']);
    const column = 'at';
    // @ts-expect-error there is no such transform
    const partitioned = ready().into('lake', { table: 'a.b', partitionBy: [{ transform: 'yaer', column }] });
    expect(issuesOf(() => partitioned.build())).toEqual(['OPTIONS_INVALID /outputs/0/options/partitionBy/0/transform']);
  });

  it('merging without keys, and keys without merging', () => {
    const keys = ['id'] as const;
    const merging = ready().into('lake', { table: 'a.b' }, { mode: 'merge', keys });
    expect(issuesOf(() => merging.build())).toEqual(['SPEC_UNSUPPORTED /outputs/0/mode/kind']);
    // @ts-expect-error keys are missing
    expect(() => ready().into('lake', { table: 'a.b' }, { mode: 'merge' }).build()).toThrow('/outputs/0/mode/keys: Missing');
    // @ts-expect-error at least one key
    expect(() => ready().into('lake', { table: 'a.b' }, { mode: 'merge', keys: [] }).build()).toThrow('/outputs/0/mode/keys');
    // @ts-expect-error appending needs no keys
    expect(() => ready().into('lake', { table: 'a.b' }, { mode: 'append', keys }).build()).toThrow('/outputs/0/mode/keys');
  });

  it('building too early, with a sentence that says what is missing', () => {
    const empty = ingestion('orders');
    expectTypeOf(empty.build).toEqualTypeOf<NotYet<'Call .from(source, options) before .build()'>>();
    const located = empty.from('local', { path: 'x' });
    expectTypeOf(located.build).toEqualTypeOf<NotYet<'Call .as(format, options) or .detect() before .build()'>>();
    const readable = located.as('csv').labels({}).columns({});
    expectTypeOf(readable.build).toEqualTypeOf<BuildTooEarly<'into'>>();
    expectTypeOf(readable.into('lake', { table: 'a.b' }).build).toEqualTypeOf<() => IngestionSpec>();
    // @ts-expect-error .into() is missing
    expect(issuesOf(() => readable.build())).toEqual(['SPEC_INVALID /outputs']);
    // @ts-expect-error everything is missing
    expect(issuesOf(() => empty.build())).toEqual([
      'SPEC_INVALID /input/source',
      'SPEC_INVALID /input/format',
      'SPEC_INVALID /outputs',
    ]);
  });
});

describe('the types of a registry', () => {
  it('take plugins of any option types', () => {
    expectTypeOf(testRegistry).toExtend<CalveRegistry>();
  });

  it('give the options that a user may write', () => {
    type Local = typeof testRegistry.sources.local;
    expectTypeOf<OptionsInput<Local>>().toEqualTypeOf<{
      path: string;
      pattern?: string | undefined;
      depth?: number | undefined;
    }>();
  });

  it('leave names and options open when the registry is known at run time only', () => {
    const registry: CalveRegistry = testRegistry;
    const builder = createIngestionBuilder(registry, 'orders')
      .from('local', { path: 'x' })
      .as('csv')
      .into('lake', { table: 'a.b' });
    expect(builder.build().input.source).toBe('local');
  });
});
