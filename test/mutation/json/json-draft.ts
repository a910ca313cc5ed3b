import type { InputLimits } from '@calve/core/plugin';
import type { JsonOptionsInput } from '@calve/format-json';
import { type SeededRandom, seededRandom } from '@calve/testkit';

/** A file while mutators work on it. Texts have one character per byte. */
export interface JsonDraft {
  /** Each record as its tokens, white space included. */
  records: string[][];
  /** What stands before, between and behind the records. */
  start: string;
  separator: string;
  end: string;
  /** The whole file, once a mutator has changed it as a whole; the other members mean nothing then. */
  bytes: Buffer | null;
  options: JsonOptionsInput;
  limits: Partial<InputLimits>;
}

/** UTF-8 with one character per byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

const NAMES = ['id', 'name', 'at', 'größe', 'list', 'inner', 'tags', 'x', 'y'];

/** A valid file of a few records: one per line, values one after another, or one document, with or without a path to its records. */
export function randomDraft(seed: number): JsonDraft {
  const random = seededRandom(seed);
  const isLine = random.below(2) === 0;
  const rows = 1 + random.below(8);
  const names = NAMES.filter(() => random.below(3) > 0);
  const records = Array.from({ length: rows }, () => tokensOf(record(names, random), random, isLine));
  const draft = { records, bytes: null, options: {}, limits: {} };
  if (isLine) return { ...draft, start: '', separator: '\n', end: random.pick(['\n', '']) };
  switch (random.below(3)) {
    case 0:
      return { ...draft, start: '', separator: random.pick(['\n', ' ', '']), end: '\n' };
    case 1:
      return { ...draft, start: '[', separator: random.pick([',', ',\n']), end: ']\n' };
    default:
      return { ...draft, start: '{"n":1,"data":{"items":[', separator: ', ', end: '],"x":{"y":[[]]}}}' };
  }
}

/** The bytes of a draft. */
export function render({ bytes, records, start, separator, end }: JsonDraft): Buffer {
  return bytes ?? Buffer.from(start + records.map((tokens) => tokens.join('')).join(separator) + end, 'latin1');
}

function record(names: readonly string[], random: SeededRandom, depth = 0): Record<string, unknown> {
  return Object.fromEntries(names.filter(() => random.below(6) > 0).map((name) => [name, value(name, random, depth)]));
}

function value(name: string, random: SeededRandom, depth: number): unknown {
  if (random.below(8) === 0) return null;
  switch (name) {
    case 'id':
      return random.below(1000);
    case 'at':
      return '2024-02-29T10:00:00Z';
    case 'list':
    case 'tags':
      return Array.from({ length: random.below(4) }, () =>
        depth < 2 && name === 'list' ? value('inner', random, depth + 1) : 'x',
      );
    case 'inner':
      return depth < 2 ? record(['x', 'y', 'list', 'name'], random, depth + 1) : {};
    case 'x':
      return random.pick([1.5, -0.25, 1e21, 12345678901]);
    default:
      return random.pick(['Ann "A"', 'Zürich', '\u{1F600}', '', 'tab\t', 'back\\slash', 'plain']);
  }
}

function tokensOf(draft: unknown, random: SeededRandom, isLine: boolean): string[] {
  const blank = () => (random.below(5) === 0 ? [random.pick(isLine ? [' ', '\t'] : [' ', '\n', '\r\n'])] : []);
  if (Array.isArray(draft)) {
    const elements = draft.flatMap((element, at) => [...(at > 0 ? [','] : []), ...blank(), ...tokensOf(element, random, isLine)]);
    return ['[', ...elements, ...blank(), ']'];
  }
  if (draft === null || typeof draft !== 'object') return [bytesOf(JSON.stringify(draft))];
  const members = Object.entries(draft).flatMap(([name, member], at) => [
    ...(at > 0 ? [','] : []),
    ...blank(),
    bytesOf(JSON.stringify(name)),
    ':',
    ...blank(),
    ...tokensOf(member, random, isLine),
  ]);
  return ['{', ...members, ...blank(), '}'];
}
