import { describe, expect, it } from 'vitest';
import { ingestionSpecJsonSchema } from './ingestion-spec-schema.ts';
import { valueAt } from './json-pointer.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import { smallestSpec, testRegistry } from './test-registry.fixture.ts';

const schema = ingestionSpecJsonSchema();

interface Node {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Node[];
  oneOf?: Node[];
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: boolean | Node;
  propertyNames?: Node;
  items?: Node;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}

/** The part of JSON Schema (draft 2020-12) that the schema of the spec uses. */
function accepts(node: Node, value: unknown): boolean {
  if (node.$ref !== undefined) {
    return accepts(valueAt(schema, node.$ref.split('/').slice(1)) as Node, value);
  }
  if ('const' in node && node.const !== value) return false;
  if (node.enum && !node.enum.includes(value)) return false;
  if (node.anyOf && !node.anyOf.some((option) => accepts(option, value))) return false;
  if (node.oneOf && node.oneOf.filter((option) => accepts(option, value)).length !== 1) return false;
  if (node.type !== undefined && !hasType(node.type, value)) return false;
  if (typeof value === 'string') {
    return value.length >= (node.minLength ?? 0) && (node.pattern === undefined || new RegExp(node.pattern, 'u').test(value));
  }
  if (typeof value === 'number') return value >= (node.minimum ?? -Infinity) && value <= (node.maximum ?? Infinity);
  if (Array.isArray(value)) {
    return value.length >= (node.minItems ?? 0) && value.every((item) => accepts(node.items ?? {}, item));
  }
  if (value === null || typeof value !== 'object') return true;
  return (
    (node.required ?? []).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, member]) => {
      if (node.propertyNames && !accepts(node.propertyNames, name)) return false;
      const known = node.properties?.[name];
      if (known) return accepts(known, member);
      return typeof node.additionalProperties === 'object'
        ? accepts(node.additionalProperties, member)
        : node.additionalProperties !== false;
    })
  );
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return value !== null && typeof value === 'object' && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

const [table] = smallestSpec.outputs;
const typed = (type: object) => ({ ...smallestSpec, outputs: [{ ...table, columns: { a: { type } } }] });

describe('the JSON Schema of the spec', () => {
  it('is plain JSON of draft 2020-12, with defaults and descriptions', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['specVersion', 'id', 'input', 'outputs'],
      additionalProperties: false,
      properties: {
        engine: { default: 'auto', enum: ['auto', 'in-process', 'spark'] },
        input: { properties: { settleSeconds: { default: 2, minimum: 0, description: expect.any(String) } } },
      },
    });
  });

  it.each([
    ['the smallest spec', smallestSpec],
    ['labels', { ...smallestSpec, labels: { a: 'b' } }],
    [
      'a named format',
      { ...smallestSpec, input: { ...smallestSpec.input, format: { name: 'csv' }, since: '2026-01-31T00:00:00Z' } },
    ],
    ['a decimal', typed({ kind: 'decimal', precision: 12, scale: 2 })],
    ['some limits', { ...smallestSpec, limits: { maxRejectedRatio: 0.5 }, schema: {}, trigger: { kind: 'manual' } }],
  ])('accepts what the parser accepts: %s', (_, value) => {
    expect(parseIngestionSpec(value, testRegistry)).toHaveProperty('spec');
    expect(accepts(schema as Node, value)).toBe(true);
  });

  it('accepts recursive types, as the parser does', () => {
    const value = typed({
      kind: 'list',
      element: {
        name: 'e',
        required: false,
        type: { kind: 'list', element: { name: 'f', required: true, type: { kind: 'date' } } },
      },
    });
    expect(parseIngestionSpec(value, testRegistry)).toHaveProperty('spec');
    expect(accepts(schema as Node, value)).toBe(true);
  });

  it.each([
    ['an unknown member', { ...smallestSpec, engin: 'auto' }],
    ['a missing id', { ...smallestSpec, id: undefined }],
    ['a bad id', { ...smallestSpec, id: 'a b' }],
    ['a bad choice', { ...smallestSpec, engine: 'sparc' }],
    ['a ratio above 1', { ...smallestSpec, limits: { maxRejectedRatio: 2 } }],
    ['a wrong format', { ...smallestSpec, input: { ...smallestSpec.input, format: 5 } }],
    ['a type deep inside', typed({ kind: 'list', element: { name: 'e', required: false, type: { kind: 'lisp' } } })],
  ])('refuses what the parser refuses: %s', (_, value) => {
    const json = JSON.parse(JSON.stringify(value));
    expect(parseIngestionSpec(json, testRegistry)).toHaveProperty('issues');
    expect(accepts(schema as Node, json)).toBe(false);
  });
});
