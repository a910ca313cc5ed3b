import { describe, expect, it } from 'vitest';
import { int64, string } from '../columns/column-type-words.ts';
import { list, struct } from '../columns/nested-type-words.ts';
import { createIngestionBuilder } from './create-ingestion-builder.ts';
import { issuesOf, withColumn, withOutput } from './spec-values.fixture.ts';
import { testRegistry } from './test-registry.fixture.ts';

const field = (name: string, kind: string, required = false) => ({ name, type: { kind }, required });

describe('nested types in a spec', () => {
  it.each([
    [
      'names that differ in case only',
      { kind: 'struct', fields: [field('id', 'int64'), field('ID', 'int64')] },
      '/fields/1/name',
    ],
    ['a place without a type', { kind: 'list', element: field('element', 'unknown') }, '/element/type/kind'],
    ['a key that may be null', { kind: 'map', key: field('key', 'string'), value: field('value', 'string') }, '/key/required'],
    [
      'the same deep inside',
      { kind: 'list', element: { name: 'e', required: false, type: { kind: 'struct', fields: [field('a', 'unknown')] } } },
      '/element/type/fields/0/type/kind',
    ],
  ])('are refused with %s, at that place', (_, type, at) => {
    const issues = issuesOf(withColumn({ type }));
    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toMatch(new RegExp(`^/outputs/0/columns/[^/]+/type${at}$`));
  });

  it('come from the builder with flatten and explode', () => {
    const spec = createIngestionBuilder(testRegistry, 'orders')
      .from('local', { path: '.' })
      .detect()
      .columns({ customer: struct({ name: string(), ids: list(int64()) }) })
      .into('lake', { table: 'sales.orders' }, { flatten: { depth: 2 }, explode: ['data', 'items'] })
      .build();
    expect(spec.outputs[0]).toMatchObject({
      rows: { explode: ['data', 'items'] },
      flatten: { depth: 2, separator: '_', arrays: 'keep' },
      columns: { customer: { type: { kind: 'struct' } } },
    });
  });

  it.each([
    [{ flatten: { depth: 0 } }, '/outputs/0/flatten/depth'],
    [{ flatten: { depth: 1, separator: '' } }, '/outputs/0/flatten/separator'],
    [{ flatten: { depth: 1, arrays: 'explode' } }, '/outputs/0/flatten/arrays'],
    [{ rows: { explode: [] } }, '/outputs/0/rows'],
  ])('refuse %j', (output, path) => {
    expect(issuesOf(withOutput(output)).map((issue) => issue.path.slice(0, path.length))).toEqual([path]);
  });
});
