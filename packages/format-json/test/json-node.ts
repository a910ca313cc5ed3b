import type { ColumnType, Field } from '@calve/core/plugin';
import { seededRandom } from '@calve/testkit';
import type { Value } from './read-file.ts';

/** A JSON value as it is generated: members in order, so that a name may come twice. */
export type Draft = null | boolean | number | string | Draft[] | { members: [string, Draft][] };

/** A value and the text that was written for it. */
export interface JsonNode {
  text: string;
  value: null | string;
  kind: 'null' | 'string' | 'scalar' | 'array' | 'object';
  elements: JsonNode[];
  members: [string, JsonNode][];
}

/** Writes values with white space and escapes wherever JSON allows them; `isLine`: without line ends. */
export class JsonWriter {
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #isLine: boolean;

  constructor(seed: number, isLine: boolean) {
    this.#random = seededRandom(seed);
    this.#isLine = isLine;
  }

  write(draft: Draft): JsonNode {
    const node = { value: null, elements: [], members: [] };
    if (draft === null) return { ...node, kind: 'null', text: 'null' };
    if (typeof draft === 'string') return { ...node, kind: 'string', text: this.string(draft), value: draft };
    if (typeof draft !== 'object') return { ...node, kind: 'scalar', text: this.#number(draft) };
    const blank = this.blanks();
    if (Array.isArray(draft)) {
      const elements = draft.map((element) => this.write(element));
      const text = `[${blank}${elements.map((element) => element.text + this.blanks()).join(`,${this.blanks()}`)}]`;
      return { ...node, kind: 'array', text, elements };
    }
    const members = draft.members.map(([name, value]): [string, JsonNode] => [name, this.write(value)]);
    const written = members.map(
      ([name, value]) => `${this.string(name)}${this.blanks()}:${this.blanks()}${value.text}${this.blanks()}`,
    );
    return { ...node, kind: 'object', text: `{${blank}${written.join(`,${this.blanks()}`)}}`, members };
  }

  blanks(): string {
    const all = this.#isLine ? [' ', '\t'] : [' ', '\t', '\n', '\r\n'];
    return Array.from({ length: Math.max(0, this.#random.below(6) - 3) }, () => all[this.#random.below(all.length)]).join('');
  }

  string(text: string): string {
    const plain = JSON.stringify(text);
    if (this.#random.below(3) > 0) return plain;
    const escaped = Array.from(text, (character) => {
      const units = Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
      return this.#random.below(2) > 0 ? units : JSON.stringify(character).slice(1, -1);
    });
    return `"${escaped.join('')}"`;
  }

  #number(value: number | boolean): string {
    if (typeof value === 'boolean') return String(value);
    const forms = [JSON.stringify(value), value.toExponential(), `${Math.trunc(value % 1e6)}.50`, '12345678901234567890', '-0'];
    return forms[this.#random.below(forms.length)]!;
  }
}

/** A value does not fit the structure. */
export const MISFIT = Symbol('misfit');

/** What a place of a type has to hold for a value; an implementation that is as simple as it can be. */
export function expected(node: JsonNode | undefined, type: ColumnType): Value | typeof MISFIT {
  if (node === undefined || node.kind === 'null') return null;
  switch (type.kind) {
    case 'struct':
      if (node.kind !== 'object') return MISFIT;
      return all(type.fields.map(({ name, type: member }) => expected(lastOf(node, name), member)));
    case 'list':
      if (node.kind !== 'array') return MISFIT;
      return all(node.elements.map((element) => expected(element, type.element.type)));
    case 'map': {
      if (node.kind !== 'object') return MISFIT;
      const values = node.members.map(([name, value]) => [name, expected(value, type.value.type)] as const);
      if (values.some(([, value]) => value === MISFIT)) return MISFIT;
      return values.map(([name, value]) => `${name}->${String(value as Value)}`);
    }
    default:
      return node.kind === 'string' ? node.value : node.text;
  }
}

/** The row of a record, or that it does not fit. Of members with the same name the last one counts, for what is read and what fits. */
export function expectedRow(record: JsonNode, fields: readonly Field[]): Value[] | typeof MISFIT {
  return expected(record, { kind: 'struct', fields: [...fields] }) as Value[] | typeof MISFIT;
}

function lastOf(node: JsonNode, name: string): JsonNode | undefined {
  return node.members.findLast(([member]) => member === name)?.[1];
}

function all(values: (Value | typeof MISFIT)[]): Value[] | typeof MISFIT {
  return values.includes(MISFIT) ? MISFIT : (values as Value[]);
}
