import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType, Field } from '../../columns/column-type.ts';
import { readValue } from '../../columns/read-value.ts';
import type { Json } from '../../json/json.ts';
import { singleValue } from '../single-value.ts';
import { errorWord } from '../strict-rules.ts';
import { createNestedProjector } from './nested-projector.ts';
import { nestedBatch, nestedType, optional, ruleOf, type TextValue, textValueOf } from './nested-values.fixture.ts';

const FACTS = { unitUri: 'memory:///a', unitVersion: '1', unitModified: '', runId: 'r', plannedAt: '' };

interface Expected {
  value: Json;
  /** It was there and is null now. */
  spoilt: boolean;
}

/** What the rules say, one value at a time. */
function reference(type: ColumnType, value: TextValue, path: string, codes: Set<string>): Expected {
  if (value === null) return { value: null, spoilt: false };
  switch (type.kind) {
    case 'struct': {
      const members = value as { [name: string]: TextValue };
      const result: Record<string, Json> = {};
      for (const field of type.fields) {
        result[field.name] = requiredReference(field, members[field.name] ?? null, `${path}.${field.name}`, codes).value;
      }
      return { value: result, spoilt: false };
    }
    case 'list': {
      const elements = (value as TextValue[]).map((one) => requiredReference(type.element, one, `${path}.element`, codes));
      const spoilt = elements.some((element) => element.spoilt);
      return { value: spoilt ? null : elements.map((element) => element.value), spoilt };
    }
    case 'map': {
      const { entries } = value as { entries: [string, TextValue][] };
      const pairs = entries.map(([key, one]) => ({
        key: requiredReference(type.key, key, `${path}.key`, codes),
        value: requiredReference(type.value, one, `${path}.value`, codes),
      }));
      if (pairs.some((pair) => pair.key.spoilt || pair.value.spoilt)) return { value: null, spoilt: true };
      if (new Set(pairs.map((pair) => pair.key.value)).size < pairs.length) {
        codes.add(`${path}:duplicate-key`);
        return { value: null, spoilt: true };
      }
      return { value: pairs.map((pair) => ({ key: pair.key.value, value: pair.value.value })), spoilt: false };
    }
    default: {
      const typed = singleValue(value as string, type);
      if (typed === null) codes.add(`${path}:${errorWord(type)}`);
      return { value: typed && readValue(typed, type, 0), spoilt: typed === null };
    }
  }
}

function requiredReference(field: Field, value: TextValue, path: string, codes: Set<string>): Expected {
  const result = reference(field.type, value, path, codes);
  if (field.required && result.value === null) codes.add(`${path}:null`);
  return result;
}

const cases = nestedType(3).chain((type) =>
  fc.tuple(fc.constant(type), fc.array(textValueOf(type), { minLength: 1, maxLength: 20 })),
);

describe('the projection of nested columns', () => {
  it('types every value as the rules say, one by one', () => {
    let accepted = 0;
    let rejected = 0;
    fc.assert(
      fc.property(cases, ([type, values]) => {
        const batch = nestedBatch(type, values);
        const projector = createNestedProjector({
          version: 1,
          rules: [ruleOf(optional('c', type), ['c'])],
          unknownFields: 'ignore',
        });
        const projected = projector.apply(batch, FACTS);
        const expected = values.map((value) => {
          const codes = new Set<string>();
          return { ...reference(type, value, 'c', codes), codes };
        });
        const good = expected.filter(({ codes }) => codes.size === 0);
        const bad = expected.flatMap((one, row) =>
          one.codes.size > 0 ? [{ codes: [...one.codes].sort(), row: String(row) }] : [],
        );
        const rows = good.map((_, row) => readValue(projected.accepted.columns[0]!, type, row));
        expect(rows).toEqual(good.map(({ value }) => value));
        expect(projected.accepted.rows).toBe(good.length);
        expect(
          projected.rejected.map(({ codes, raw }) => ({ codes: [...codes].sort(), row: new TextDecoder().decode(raw) })),
        ).toEqual(bad);
        accepted += good.length;
        rejected += bad.length;
      }),
      { numRuns: 600 },
    );
    expect(accepted).toBeGreaterThan(1000);
    expect(rejected).toBeGreaterThan(150);
  });

  it('nulls what does not fit and keeps every row under the policy null, but for required places', () => {
    let nulled = 0;
    fc.assert(
      fc.property(cases, ([type, values]) => {
        const rules = [ruleOf(optional('c', type), ['c'], 'null')];
        const projected = createNestedProjector({ version: 1, rules, unknownFields: 'ignore' }).apply(
          nestedBatch(type, values),
          FACTS,
        );
        const expected = values.map((value) => {
          const codes = new Set<string>();
          return { ...reference(type, value, 'c', codes), codes: [...codes] };
        });
        const good = expected.filter(({ codes }) => !codes.some((code) => code.endsWith(':null')));
        const rows = good.map((_, row) => readValue(projected.accepted.columns[0]!, type, row));
        expect(rows).toEqual(good.map(({ value }) => value));
        expect(projected.rejected.length).toBe(values.length - good.length);
        nulled += projected.nulled;
      }),
      { numRuns: 400 },
    );
    expect(nulled).toBeGreaterThan(25);
  });
});
