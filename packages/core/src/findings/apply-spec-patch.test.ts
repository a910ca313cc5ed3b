import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import { applySpecPatch } from './apply-spec-patch.ts';

const spec = { input: { onChanged: 'hold' }, outputs: [{ columns: { 'a/b~c': { type: 'x' } } }], list: [1, 2, 3] };

describe('the patch of a finding', () => {
  it.each<[string, Json[], Json]>([
    [
      'replaces a value',
      [{ op: 'replace', path: '/input/onChanged', value: 'append' }],
      { ...spec, input: { onChanged: 'append' } },
    ],
    ['adds a member', [{ op: 'add', path: '/input/since', value: null }], { ...spec, input: { onChanged: 'hold', since: null } }],
    [
      'takes a member out, whose name is escaped',
      [{ op: 'remove', path: '/outputs/0/columns/a~1b~0c' }],
      { ...spec, outputs: [{ columns: {} }] },
    ],
    ['adds in front of an item', [{ op: 'add', path: '/list/1', value: 9 }], { ...spec, list: [1, 9, 2, 3] }],
    ['adds behind the last item', [{ op: 'add', path: '/list/-', value: 9 }], { ...spec, list: [1, 2, 3, 9] }],
    ['takes an item out', [{ op: 'remove', path: '/list/0' }], { ...spec, list: [2, 3] }],
  ])('%s', (_, patch, after) => {
    const frozen = structuredClone(spec);
    expect(applySpecPatch(Object.freeze(frozen), patch)).toEqual(after);
    expect(frozen).toEqual(spec);
  });

  it.each<[string, Json]>([
    ['/input/format', { op: 'replace', path: '/input/format', value: 1 }],
    ['/nothing', { op: 'add', path: '/nothing/here', value: 1 }],
    ['/list/3', { op: 'replace', path: '/list/3', value: 1 }],
    ['/list/01', { op: 'remove', path: '/list/01' }],
    ['/input/onChanged is "hold"', { op: 'add', path: '/input/onChanged/deep', value: 1 }],
    ['is no operation of a patch', { op: 'move', path: '/a', from: '/b' }],
    ['is no operation of a patch', { op: 'add', path: '', value: 1 }],
    ['is no operation of a patch', { op: 'add', path: '/a' }],
    ['is no operation of a patch', null],
  ])('that does not fit says so: %s', (words, operation) => {
    const apply = (): unknown => applySpecPatch(spec, [operation]);
    expect(apply).toThrow(CalveError);
    expect(apply).toThrow(words);
  });

  it('changes the one place that it names, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.jsonValue(), (path, value) => {
        const nested = path.slice(0, -1).reduceRight<Json>((inside, name) => Object.fromEntries([[name, inside]]), {});
        const after = applySpecPatch({ kept: 1, nested }, [
          { op: 'add', path: jsonPointer(['nested', ...path]), value: value as Json },
        ]);
        let found: Json = after.nested;
        for (const name of path) {
          expect(Object.keys(found as object)).toEqual([name]);
          found = (found as Record<string, Json>)[name] as Json;
        }
        expect(found).toEqual(value);
        expect(after.kept).toBe(1);
      }),
    );
  });
});
