import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SeededRandom } from '@calve/testkit';
import { bytesOf, type JsonDraft, render } from './json-draft.ts';

/** One way to spoil a file. */
export interface JsonMutator {
  name: string;
  /** Those that know tokens work before those that change the whole. */
  stage: 'tokens' | 'whole';
  change(draft: JsonDraft, random: SeededRandom): void;
}

/** Tokens that stand nowhere, or not where they are put. */
const ODD_TOKENS = [
  ...['{', '}', '[', ']', ',', ':', '"', "'x'", 'NaN', '-Infinity', 'Infinity', 'tru', 'True', 'nul', 'undefined'],
  ...['007', '+1', '.5', '1.', '1e', '1e+', '-', '--1', '0x1', '1_0', '-0', '1e400', '9'.repeat(40), '1.5.5', '00'],
  ...['"\\x"', '"\\u12"', '"\\ud83d"', '"\\ude00x"', '"\\u0000"', '"a\tb"', '"a\u0000b"', '"a\u001fb"', '"\\"', '"\\\\"', '""'],
  ...['/*c*/', '//x', '#x', '\u000b', '\u0000', '\u001a', ' ', '\t', '\r', '{}', '[]', 'null', 'true', '{"a":1}', '[1]', '[{}]'],
  ...['\u00a0', '\ufeff', '“x”', '"é"', '"\u2028"'].map(bytesOf),
  ...['"\xff"', '"\xc0\x80"', '"\xed\xa0\x80"', '"\xf4\x90\x80\x80"', '"\xe2\x82"', '\xff', '\xef\xbb'],
];

const anyRecord = ({ records }: JsonDraft, random: SeededRandom): string[] => records[random.below(records.length)] as string[];

function changeToken(
  draft: JsonDraft,
  random: SeededRandom,
  isWanted: (token: string) => boolean,
  change: (token: string) => string,
): void {
  const tokens = anyRecord(draft, random);
  const places = tokens.flatMap((token, at) => (isWanted(token) ? [at] : []));
  if (places.length === 0) return;
  const at = random.pick(places);
  tokens[at] = change(tokens[at] as string);
}

const isScalar = (token: string): boolean => /^["\d-]|^(?:true|false|null)$/.test(token);
const any = (): boolean => true;

function changeBytes(draft: JsonDraft, random: SeededRandom, change: (bytes: Buffer, at: number) => Buffer): void {
  const bytes = render(draft);
  draft.bytes = change(bytes, random.below(bytes.length + 1));
}

const TOKEN_CHANGES: Readonly<Record<string, JsonMutator['change']>> = {
  'token removed': (draft, random) => changeToken(draft, random, any, () => ''),
  'token doubled': (draft, random) => changeToken(draft, random, any, (token) => token + token),
  'token replaced': (draft, random) => changeToken(draft, random, any, () => random.pick(ODD_TOKENS)),
  'scalar replaced': (draft, random) => changeToken(draft, random, isScalar, () => random.pick(ODD_TOKENS)),
  'token put in': (draft, random) => changeToken(draft, random, any, (token) => token + random.pick(ODD_TOKENS)),
  'tokens swapped': (draft, random) => {
    const tokens = anyRecord(draft, random);
    const [a, b] = [random.below(tokens.length), random.below(tokens.length)];
    [tokens[a], tokens[b]] = [tokens[b] as string, tokens[a] as string];
  },
  'name twice': (draft, random) =>
    changeToken(
      draft,
      random,
      (token) => token === '{',
      () => '{"x":1,"x":"2","id":[],',
    ),
  'name with escapes': (draft, random) =>
    changeToken(
      draft,
      random,
      (token) => token === '"id"' || token === '"x"',
      (token) => `"\\u00${token.charCodeAt(1).toString(16)}${token.slice(2)}`,
    ),
  'empty name': (draft, random) =>
    changeToken(
      draft,
      random,
      (token) => token === '{',
      () => '{"":1,',
    ),
  'kinds mixed': (draft, random) =>
    changeToken(draft, random, isScalar, () => random.pick(['{"a":1}', '[1,"x"]', '[]', '{}', '7', '"s"'])),
  'nested deep': (draft, random) => {
    const levels = random.pick([10, 990, 998, 999, 1000, 1001, 3000]);
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"b":', '}]'],
    ]) as [string, string];
    changeToken(draft, random, isScalar, () => `${open.repeat(levels)}1${random.below(6) === 0 ? '' : close.repeat(levels)}`);
  },
  'long number': (draft, random) => changeToken(draft, random, isScalar, () => '7'.repeat(random.pick([999, 1000, 1001, 2000]))),
  'long name': (draft, random) =>
    changeToken(
      draft,
      random,
      (token) => token === '{',
      () => `{"${'n'.repeat(random.pick([255, 256, 50_000, 50_001]))}":1,`,
    ),
  'many names': (draft, random) =>
    changeToken(
      draft,
      random,
      (token) => token === '{',
      () => `{${Array.from({ length: 1100 }, (_, at) => `"k${at}":${at},`).join('')}`,
    ),
  'record repeated': ({ records }, random) => {
    records.push([...(records[random.below(records.length)] as string[])]);
  },
  'record that is none': ({ records }, random) => {
    records.splice(random.below(records.length + 1), 0, [random.pick(ODD_TOKENS)]);
  },
  'array of records': ({ records }, random) => {
    const [first = [], second = []] = records;
    records.push(['[', ...first, random.pick([',', ',', '', ',,']), ...second, random.pick([']', ']', ''])]);
  },
  'text behind': (draft, random) => {
    anyRecord(draft, random).push(random.pick([' x', ',', ']', '}', ' {"a":1}', '//', '\u0000']));
  },
  'line ends': (draft, random) => {
    draft.separator = random.pick(['\r\n', '\r', '\n\n', '\n \t\n', '\r\r\n', ', ', '']);
  },
  'start and end': (draft, random) => {
    draft.start = random.pick(['', '[', '[[', '{"a":', '{"data":[', ' ', bytesOf('\ufeff'), bytesOf('\ufeff\ufeff')]);
    draft.end = random.pick(['', ']', ']]', '}', ']}', '\n\n', ' x', ',]']);
  },
  'framing said': ({ options }, random) => {
    options.framing = random.pick(['lines', 'values', 'document']);
  },
  'path said': ({ options }, random) => {
    options.recordsAt = random.pick([[], ['data'], ['data', 'items'], ['n'], ['list']]);
  },
  'nulls said': ({ options }, random) => {
    options.nulls = random.pick([['x'], [''], ['plain', '1.5'], ['{}']]);
  },
  'records beyond a limit': ({ limits }, random) => {
    limits.recordBytes = random.pick([1, 20, 100]);
  },
  'values beyond a limit': ({ limits }, random) => {
    limits.cellBytes = random.pick([1, 5, 30]);
  },
  'columns beyond a limit': ({ limits }, random) => {
    limits.columns = 1 + random.below(4);
  },
  'names beyond a limit': ({ limits }, random) => {
    limits.nameCharacters = 1 + random.below(4);
  },
};

const WHOLE_CHANGES: Readonly<Record<string, JsonMutator['change']>> = {
  'byte removed': (draft, random) =>
    changeBytes(draft, random, (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])),
  'byte put in': (draft, random) =>
    changeBytes(draft, random, (bytes, at) =>
      Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]),
    ),
  'bit turned': (draft, random) =>
    changeBytes(draft, random, (bytes, at) => {
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    }),
  'cut off': (draft, random) => changeBytes(draft, random, (bytes, at) => bytes.subarray(0, at)),
  'beginning lost': (draft, random) => changeBytes(draft, random, (bytes, at) => bytes.subarray(at)),
  'part repeated': (draft, random) =>
    changeBytes(draft, random, (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))])),
  'in UTF-16': (draft) =>
    changeBytes(draft, { below: () => 0 } as unknown as SeededRandom, (bytes) =>
      Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le'),
    ),
  gzip: (draft) => {
    draft.bytes = gzipSync(render(draft));
  },
  'gzip damaged': (draft, random) => {
    draft.bytes = damaged(gzipSync(render(draft)), random);
  },
  zstd: (draft) => {
    draft.bytes = zstdCompressSync(render(draft));
  },
  'zstd damaged': (draft, random) => {
    draft.bytes = damaged(zstdCompressSync(render(draft)), random);
  },
};

/** Behind its first bytes, so that it stays what it seems to be. */
function damaged(bytes: Buffer, random: SeededRandom): Buffer {
  const at = Math.min(bytes.length - 1, 4 + random.below(bytes.length));
  if (random.below(2) === 0) return bytes.subarray(0, at);
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  return bytes;
}

/** All mutators, whose turns follow one another with the seeds. */
export const JSON_MUTATORS: readonly JsonMutator[] = [
  ...Object.entries(TOKEN_CHANGES).map(([name, change]): JsonMutator => ({ name, stage: 'tokens', change })),
  ...Object.entries(WHOLE_CHANGES).map(([name, change]): JsonMutator => ({ name, stage: 'whole', change })),
];
