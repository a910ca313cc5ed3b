import { describe, expect, it } from 'vitest';
import { alternatives } from './describe-issue.ts';
import { issuesOf, parsed, table, withColumn, withInput, withOutput } from './spec-values.fixture.ts';
import { smallestSpec } from './test-registry.fixture.ts';

describe('the language', () => {
  it.each([
    ['a list', [], '', 'an object', 'a list of 0'],
    ['another version', { ...smallestSpec, specVersion: 2 }, '/specVersion', '1', '2'],
    ['an id with a space', { ...smallestSpec, id: 'a b' }, '/id', '1 to 64 letters, digits, "_" or "-"', '"a b"'],
    [
      'an id of 65 letters',
      { ...smallestSpec, id: 'a'.repeat(65) },
      '/id',
      '1 to 64 letters, digits, "_" or "-"',
      JSON.stringify('a'.repeat(65)),
    ],
    ['a label that is a number', { ...smallestSpec, labels: { team: 1 } }, '/labels/team', 'text', '1'],
    ['no format', withInput({ format: undefined }), '/input/format', '"detect", or an object', 'nothing'],
    ['a format without a name', withInput({ format: {} }), '/input/format/name', 'text', 'nothing'],
    ['negative seconds', withInput({ settleSeconds: -1 }), '/input/settleSeconds', 'at least 0', '-1'],
    [
      'a day without time and zone',
      withInput({ since: '2026-01-31' }),
      '/input/since',
      'a time with its zone, such as "2026-01-31T00:00:00Z"',
      '"2026-01-31"',
    ],
    ['no outputs', { ...smallestSpec, outputs: [] }, '/outputs', 'at least 1 item', 'a list of 0'],
    ['an unnamed column', withOutput({ columns: { '': {} } }), '/outputs/0/columns/', 'a name with at least 1 character', '""'],
    ['a name with a slash', withOutput({ columns: { 'a/b~c': 1 } }), '/outputs/0/columns/a~1b~0c', 'an object', '1'],
    [
      'a scale above the precision',
      withColumn({ type: { kind: 'decimal', precision: 3, scale: 5 } }),
      '/outputs/0/columns/amount/type/scale',
      'a scale that is not above the precision',
      '5',
    ],
    [
      'a precision above 38',
      withColumn({ type: { kind: 'decimal', precision: 39, scale: 0 } }),
      '/outputs/0/columns/amount/type/precision',
      'at most 38',
      '39',
    ],
    [
      'a dropped column with a type',
      withColumn({ drop: true, type: { kind: 'date' } }),
      '/outputs/0/columns/amount',
      'no other settings for a column that is dropped',
      'an object',
    ],
    [
      'provenance twice',
      withOutput({ provenance: ['record', 'record'] }),
      '/outputs/0/provenance',
      'each provenance column once',
      'a list of 2',
    ],
    ['a ratio above 1', { ...smallestSpec, limits: { maxRejectedRatio: 1.5 } }, '/limits/maxRejectedRatio', 'at most 1', '1.5'],
    ['half a row', { ...smallestSpec, limits: { maxRejectedRows: 0.5 } }, '/limits/maxRejectedRows', 'a whole number', '0.5'],
    ['a date', { ...smallestSpec, labels: new Date(0) }, '/labels', 'plain JSON of at most 64 levels', 'an instance of Date'],
    [
      'a function',
      withInput({ options: { path: () => 1 } }),
      '/input/options/path',
      'plain JSON of at most 64 levels',
      'a function',
    ],
    ['a bigint', withInput({ options: { path: 1n } }), '/input/options/path', 'plain JSON of at most 64 levels', 'a bigint'],
    [
      'not a number',
      { ...smallestSpec, limits: { maxRejectedRatio: Number.NaN } },
      '/limits/maxRejectedRatio',
      'plain JSON of at most 64 levels',
      'NaN',
    ],
    [
      'a prototype',
      JSON.parse(JSON.stringify(smallestSpec).replace('"id"', '"__proto__":{},"id"')),
      '/__proto__',
      'plain JSON of at most 64 levels',
      'the member name "__proto__"',
    ],
  ])('refuses %s', (_, value, path, expected, received) => {
    const issues = issuesOf(value);
    expect(issues).toEqual([{ code: 'SPEC_INVALID', path, expected, received, message: expect.stringContaining(expected) }]);
  });

  it('names the known values of a choice and the nearest one', () => {
    expect(issuesOf(withInput({ onSameContent: 'skpi' }))).toEqual([
      {
        code: 'SPEC_INVALID',
        path: '/input/onSameContent',
        expected: '"skip", "load" or "hold"',
        received: '"skpi"',
        known: ['skip', 'load', 'hold'],
        message: 'Expected "skip", "load" or "hold", but found "skpi". Did you mean "skip"?',
      },
    ]);
  });

  it.each([
    ['int64', '{"kind":"int64"}'],
    ['date', '{"kind":"date"}'],
    ['decimal', '{"kind":"decimal","precision":12,"scale":2}'],
    ['timestamp', '{"kind":"timestamp","unit":"micros","zone":"none"}'],
    ['uuid', '{"kind":"uuid"}'],
    ['fixed', '{"kind":"fixed","bytes":16}'],
    ['unknown', '{"kind":"int64"}'],
    ['bigint', '{"kind":"int64"}'],
    [7, '{"kind":"int64"}'],
  ])('shows the object that %j in the place of a type stands for, if it can be used', (type, example) => {
    const [issue, ...others] = issuesOf(withColumn({ type }));
    expect(others).toEqual([]);
    expect(issue).toEqual({
      code: 'SPEC_INVALID',
      path: '/outputs/0/columns/amount/type',
      expected: `an object such as ${example}`,
      received: JSON.stringify(type),
      message: `Expected an object such as ${example}, but found ${JSON.stringify(type)}.`,
    });
    expect(parsed(withColumn({ type: JSON.parse(example) })).outputs[0]?.columns['amount']).toEqual({
      type: JSON.parse(example),
    });
  });

  it.each([
    ['/engine', { ...smallestSpec, engine: 'sparkk' }, ['auto', 'in-process']],
    ['/outputs/0/rows', withOutput({ rows: 'raww' }), ['accepted', 'rejected']],
    ['/trigger/kind', { ...smallestSpec, trigger: { kind: 'schedul' } }, ['manual']],
  ])('offers only what works at %s', (path, value, known) => {
    const [issue, ...others] = issuesOf(value);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'SPEC_INVALID', path, known, expected: alternatives(known) });
    expect(issue?.message).not.toContain('Did you mean');
  });

  it('points to no member that cannot be used yet', () => {
    const [issue] = issuesOf(withOutput({ filtr: {}, colums: {} }));
    expect(issue).toMatchObject({ path: '/outputs/0/filtr', known: expect.arrayContaining(['columns']) });
    expect(issue?.known).not.toContain('filter');
    expect(issue?.message).not.toContain('Did you mean');
  });

  it('says only that it cannot be used where a member that cannot be used yet is wrong as well', () => {
    const issues = issuesOf({ ...smallestSpec, outputs: [{ ...table, filter: { kind: 'colum' } }] });
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(['SPEC_UNSUPPORTED /outputs/0/filter']);
  });

  it('names the known kinds of a column type', () => {
    const [issue] = issuesOf(withColumn({ type: { kind: 'int46' } }));
    expect(issue).toMatchObject({ path: '/outputs/0/columns/amount/type/kind', received: '"int46"' });
    expect(issue?.known).toContain('timestamp');
    expect(issue?.message).toContain('Did you mean "int64"?');
  });

  it.each([
    ['/engin', { ...smallestSpec, engin: 'auto' }, 'engine'],
    ['/input/format/option', withInput({ format: { name: 'csv', option: {} } }), 'options'],
    ['/outputs/0/colums', withOutput({ colums: {} }), 'columns'],
    ['/limits/maxRejectedRow', { ...smallestSpec, limits: { maxRejectedRow: 1 } }, 'maxRejectedRows'],
  ])('names the known members beside the unknown one at %s', (path, value, nearest) => {
    const [issue, ...others] = issuesOf(value);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'SPEC_INVALID', path, known: expect.arrayContaining([nearest]) });
    expect(issue?.message).toContain(`Did you mean "${nearest}"?`);
  });

  it('survives values that contain themselves or are nested without end', () => {
    const endless: Record<string, unknown> = { ...smallestSpec };
    endless['labels'] = endless;
    const nested = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(issuesOf(endless).length).toBeGreaterThan(0);
    expect(issuesOf(withInput({ options: nested }))[0]).toMatchObject({
      received: 'deeper nesting, or a value that contains itself',
    });
  });
});
