import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { OptionSchema, StandardResult } from '../context/plugin.ts';
import { CalveError } from '../errors/calve-error.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import type { SpecRegistry } from './spec-registry.ts';
import { issuesOf, rejects, table, withInput, withOutput } from './spec-values.fixture.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

describe('names and options', () => {
  it.each([
    ['/input/source', withInput({ source: 'locla' }), 'source', ['local'], '"locla"', 'local'],
    ['/input/format/name', withInput({ format: { name: 'cvs' } }), 'format', ['csv'], '"cvs"', 'csv'],
    ['/input/format/detect/cvs', withInput({ format: { detect: { cvs: {} } } }), 'format', ['csv'], '"cvs"', 'csv'],
    ['/outputs/0/sink', withOutput({ sink: 'Lake' }), 'sink', ['lake', 'replica'], '"Lake"', 'lake'],
  ])('answers an unknown name at %s with the known ones', (path, value, kind, known, received, nearest) => {
    const [issue, ...others] = issuesOf(value);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'SPEC_UNKNOWN_NAME', path, known, received });
    expect(issue?.message).toContain(`There is no ${kind} ${received}. Did you mean "${nearest}"?`);
  });

  it('knows no name that an object inherits', () => {
    expect(issuesOf(withInput({ source: 'constructor' }))[0]).toMatchObject({ code: 'SPEC_UNKNOWN_NAME' });
  });

  it('says so when nothing is registered', () => {
    const [issue] = issuesOf(smallestSpec, { ...testRegistry, sources: {} });
    expect(issue).toMatchObject({ code: 'SPEC_UNKNOWN_NAME', known: [] });
    expect(issue?.message).toContain('No source is registered.');
  });

  it('leaves options of formats that are to be detected as they are written: no default may win over what a file shows', () => {
    const format = { detect: { csv: { header: false } } };
    expect(parseIngestionSpec(withInput({ format }), testRegistry)).toMatchObject({ spec: { input: { format } } });
    expect(issuesOf(withInput({ format: { detect: { csv: { header: 'yes' } } } }))).toMatchObject([
      { code: 'OPTIONS_INVALID', path: '/input/format/detect/csv/header', expected: 'true or false' },
    ]);
  });

  it('prefixes the issues of a plugin with the place of its options', () => {
    const value = {
      ...smallestSpec,
      input: { source: 'local', options: { depth: 0 }, format: { name: 'csv', options: { header: 'yes' } } },
      outputs: [table, { ...rejects, options: { table: 'a.b', partitionBy: [{ transform: 'dya', column: 'x' }], tabel: 1 } }],
    };
    expect(issuesOf(value).map(({ code, path, expected, received }) => ({ code, path, expected, received }))).toEqual([
      { code: 'OPTIONS_INVALID', path: '/input/options/path', expected: 'text', received: 'nothing' },
      { code: 'OPTIONS_INVALID', path: '/input/options/depth', expected: 'at least 1', received: '0' },
      {
        code: 'OPTIONS_INVALID',
        path: '/input/format/options/header',
        expected: 'true or false',
        received: 'a text of 3 characters',
      },
      {
        code: 'OPTIONS_INVALID',
        path: '/outputs/1/options/partitionBy/0/transform',
        expected: '"day" or "identity"',
        received: '"dya"',
      },
      { code: 'OPTIONS_INVALID', path: '/outputs/1/options/tabel', expected: '"table" or "partitionBy"', received: '"tabel"' },
    ]);
  });

  it('repeats no free text of options, since it may be a secret', () => {
    const issues = issuesOf(withOutput({ options: { table: 'hunter2', partitionBy: 'hunter2' } }));
    expect(issues.map((issue) => issue.path)).toEqual(['/outputs/0/options/table', '/outputs/0/options/partitionBy']);
    expect(issues[0]?.message).toBe('A table is called namespace.name.');
    expect(JSON.stringify(issues)).not.toContain('hunter2');
  });

  it('says of a refined option what was expected, where its plugin tells, and what was found', () => {
    const options = z
      .strictObject({
        quote: z.string().refine((text) => text.length === 1, 'expected one ASCII character'),
        columns: z.array(z.string()),
      })
      .superRefine((_, issues) => {
        issues.addIssue({
          code: 'custom',
          path: ['columns'],
          message: '"a" is there twice',
          params: { expected: 'each name once' },
        });
        issues.addIssue({ code: 'custom', path: ['sep'], message: 'is the quote as well' });
      });
    const registry = validatedBy((value) => options['~standard'].validate(value) as StandardResult<unknown>, 'zod');
    const issues = issuesOf(withInput({ options: { quote: 'ab', columns: ['a', 'a'] } }), registry);
    expect(issues.map(({ code, ...issue }) => issue)).toEqual([
      {
        path: '/input/options/quote',
        message: 'Expected one ASCII character, but found a text of 2 characters.',
        expected: 'one ASCII character',
        received: 'a text of 2 characters',
      },
      {
        path: '/input/options/columns',
        message: '"a" is there twice.',
        expected: 'each name once',
        received: 'a list of 2',
      },
      { path: '/input/options/sep', message: 'is the quote as well.', received: 'nothing' },
    ]);
  });

  const validatedBy = (validate: OptionSchema<unknown>['~standard']['validate'], vendor = 'own'): SpecRegistry => ({
    ...testRegistry,
    sources: { local: { options: { jsonSchema: {}, '~standard': { version: 1, vendor, validate } } } },
  });

  it('takes the issues of any Standard Schema, with keys or segments as path', () => {
    const registry = validatedBy(() => ({
      issues: [{ message: 'is a swamp', path: ['lakes', { key: 0 }] }, { message: 'No!' }],
    }));
    expect(issuesOf(smallestSpec, registry)).toEqual([
      { code: 'OPTIONS_INVALID', path: '/input/options/lakes/0', message: 'is a swamp.', received: 'nothing' },
      { code: 'OPTIONS_INVALID', path: '/input/options', message: 'No!', received: 'an object' },
    ]);
  });

  it.each([
    ['answers with a Promise', async () => Promise.reject(new TypeError('late')), 'Promise'],
    ['throws', () => expect.fail('broken'), 'threw'],
    ['gives no plain JSON', () => ({ value: { at: new Date(0) } }), '/input/options/at'],
  ])('throws when the validator of a plugin %s', (_, validate, words) => {
    let thrown: unknown;
    try {
      parseIngestionSpec(smallestSpec, validatedBy(validate));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CalveError);
    expect(thrown).toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(words) });
  });
});
