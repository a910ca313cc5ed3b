import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { assertIsSpec } from './assert-is-spec.ts';
import { createIngestionBuilder } from './create-ingestion-builder.ts';
import { fullSpec, parsed } from './spec-values.fixture.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

function refusalOf(value: unknown): CalveError {
  try {
    assertIsSpec(value);
  } catch (error) {
    if (CalveError.is(error)) return error;
    throw error;
  }
  return expect.fail('it was taken for a spec');
}

describe('assertIsSpec', () => {
  it('takes every spec that was parsed, also after a way through JSON', () => {
    for (const spec of [parsed(smallestSpec), parsed(fullSpec)]) {
      expect(() => assertIsSpec(spec)).not.toThrow();
      expect(() => assertIsSpec(JSON.parse(JSON.stringify(spec)))).not.toThrow();
    }
  });

  it.each([
    ['an empty object', {}],
    ['JSON that was not parsed', smallestSpec],
    ['no outputs', { ...parsed(smallestSpec), outputs: [] }],
    ['another version', { ...parsed(smallestSpec), specVersion: 2 }],
    ['nothing', undefined],
    ['null', null],
    ['the text of a spec', JSON.stringify(smallestSpec)],
    ['a list', [parsed(smallestSpec)]],
  ])('answers %s with calve.parse', (_, value) => {
    expect(refusalOf(value)).toMatchObject({
      code: 'SPEC_INVALID',
      recovery: { kind: 'fix-input' },
      message: expect.stringContaining('use calve.parse(json)'),
      context: { issues: expect.arrayContaining([expect.objectContaining({ code: 'SPEC_INVALID', path: '' })]) },
    });
  });

  it('lists the members that hand-written JSON lacks', () => {
    const { issues } = refusalOf(smallestSpec).context as unknown as { issues: { path: string }[] };
    expect(issues.map(({ path }) => path)).toEqual(['', '/schema', '/limits']);
  });

  it('tells who forgot to build', () => {
    const builder = createIngestionBuilder(testRegistry, 'orders').from('local', { path: '.' });
    expect(refusalOf(builder).message).toContain('call .build() on it');
  });
});
