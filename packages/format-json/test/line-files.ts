import type { ColumnType, Field } from '@calve/core/plugin';
import type { seededRandom } from '@calve/testkit';
import { bytesOf } from './read-file.ts';

type Random = ReturnType<typeof seededRandom>;

const NAMES = ['a', 'b', 'id', 'é', 'n', 'a name of more than sixteen bytes', 'sixteen bytes !!', 'fifteen bytes !'];
const TEXTS = [
  '',
  'x',
  'Ærøskøbing',
  '😀',
  'Москва и Санкт-Петербург',
  'exactly 16 bytes',
  'a text that is longer than thirty-two bytes is',
];
const ESCAPED = ['\\n', '\\"', '\\\\', '\\u00e9', '\\ud83d\\ude00', '\\ud83d', '\\u0000', '\\/', '\\uD83Dx'];
const SCALARS = ['0', '-0', '12', '-7.25', '1e5', '1.5E-3', '18446744073709551616', 'true', 'false', 'null', '3.0'];
/** What a mutation puts in: all that stands for something, and what is no text at all. */
const BYTES = [...bytesOf('"\\{}[],:0-+.eEtnu \t\r\n'), 0, 0x1f, 0x80, 0xc3, 0xed, 0xf0, 0xff];

/** Columns of every structure, three levels deep at most. */
export function someFields(random: Random, depth = 0): Field[] {
  const names = NAMES.filter(() => random.below(2) > 0);
  return (names.length > 0 ? names : ['a']).map((name) => field(name, someType(random, depth)));
}

function someType(random: Random, depth: number): ColumnType {
  switch (depth < 3 ? random.below(7) : 0) {
    case 4:
      return { kind: 'struct', fields: someFields(random, depth + 1) };
    case 5:
      return { kind: 'list', element: field('element', someType(random, depth + 1)) };
    case 6:
      return { kind: 'map', key: field('key', { kind: 'string' }), value: field('value', someType(random, depth + 1)) };
    default:
      return { kind: 'string' };
  }
}

const field = (name: string, type: ColumnType): Field => ({ name, type, required: false });

/** Lines that fit the columns, mostly: members are left out, come in another order, or twice, or are not known. */
export function someLines(random: Random, fields: readonly Field[], lines: number): Uint8Array {
  return bytesOf(Array.from({ length: lines }, () => `${object(random, fields)}${random.below(6) > 0 ? '\n' : '\r\n'}`).join(''));
}

/** The same with some bytes changed, left out, put in or doubled. */
export function mutated(random: Random, content: Uint8Array, mutations: number): Uint8Array {
  const bytes = [...content];
  for (let count = 0; count < mutations; count += 1) {
    const at = random.below(bytes.length + 1);
    const kind = random.below(5);
    if (kind < 2) bytes[Math.min(at, bytes.length - 1)] = BYTES[random.below(BYTES.length)]!;
    else if (kind === 2) bytes.splice(at, 1 + random.below(3));
    else if (kind === 3) bytes.splice(at, 0, BYTES[random.below(BYTES.length)]!);
    else bytes.splice(at, 0, ...bytes.slice(at, at + random.below(12)));
  }
  return Uint8Array.from(bytes);
}

function object(random: Random, fields: readonly Field[]): string {
  const order = random.below(5) > 0 ? [...fields] : [...fields].reverse();
  const kept = order.filter(() => random.below(8) > 0);
  if (random.below(30) === 0) kept.push(fields[0]!);
  const members = kept.map(({ name, type }) => `"${name}"${blank(random)}:${blank(random)}${value(random, type)}`);
  if (random.below(30) === 0) members.push(`"not known":${value(random, { kind: 'string' })}`);
  return `{${blank(random)}${members.join(`${blank(random)},${blank(random)}`)}}`;
}

function value(random: Random, type: ColumnType): string {
  if (random.below(12) === 0) return 'null';
  if (random.below(60) === 0) return SCALARS[random.below(SCALARS.length)]!;
  const some = <T>(of: () => T): T[] => Array.from({ length: random.below(4) }, of);
  switch (type.kind) {
    case 'struct':
      return object(random, type.fields);
    case 'list':
      return `[${blank(random)}${some(() => value(random, type.element.type)).join(`,${blank(random)}`)}]`;
    case 'map':
      return `{${some(() => `${text(random)}:${value(random, type.value.type)}`).join(',')}}`;
    default:
      if (random.below(12) === 0) return `[1,{"a": [true, null]},"${TEXTS[2]}"]`;
      return random.below(2) > 0 ? text(random) : SCALARS[random.below(SCALARS.length)]!;
  }
}

function text(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(2) }, () => TEXTS[random.below(TEXTS.length)]!);
  if (random.below(4) === 0) parts.splice(random.below(2), 0, ESCAPED[random.below(ESCAPED.length)]!);
  return `"${parts.join('')}"`;
}

function blank(random: Random): string {
  return random.below(10) === 0 ? ' \t' : '';
}
