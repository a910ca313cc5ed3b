import { describe, expect, it } from 'vitest';
import { issuesOf, withColumn, withOutput } from './spec-values.fixture.ts';
import { smallestSpec } from './test-registry.fixture.ts';

describe('what the language allows and this version cannot do', () => {
  const column = '/outputs/0/columns/amount';
  it.each([
    ['/outputs/0/filter', withOutput({ filter: { kind: 'column', path: ['paid'] } }), []],
    ['/outputs/0/rows', withOutput({ rows: 'raw' }), ['accepted', 'rejected']],
    [`${column}/type/kind`, withColumn({ type: { kind: 'unknown' } }), expect.arrayContaining(['string', 'uuid', 'fixed'])],
    ['/trigger/kind', { ...smallestSpec, trigger: { kind: 'continuous', everySeconds: 5 } }, ['manual']],
    ['/engine', { ...smallestSpec, engine: 'spark' }, ['auto', 'in-process']],
  ])('is refused at %s with what does work', (path, value, known) => {
    const [issue, ...others] = issuesOf(value);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      code: 'SPEC_UNSUPPORTED',
      path,
      known,
      expected: expect.any(String),
      received: expect.any(String),
    });
    expect(issue?.message).toMatch(/cannot do this yet .*; (use|leave it out|name a column)/);
  });

  it('is refused when the sink cannot append', () => {
    expect(issuesOf(withOutput({ sink: 'replica' }))).toEqual([
      {
        code: 'SPEC_UNSUPPORTED',
        path: '/outputs/0/mode/kind',
        expected: '"overwrite-table"',
        received: '"append"',
        known: ['overwrite-table'],
        message: 'The sink "replica" cannot commit in mode "append"; it can: "overwrite-table".',
      },
    ]);
  });
});
