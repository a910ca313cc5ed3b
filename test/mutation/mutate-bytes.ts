import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SeededRandom } from '@calve/testkit';
import { type CsvDraft, render } from './csv-draft.ts';
import { type Mutator, mutators, splitAnywhere } from './mutator.ts';

/** Puts bytes somewhere into the file. */
function insert(pick: (random: SeededRandom) => string): Mutator['change'] {
  return (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = before + pick(random) + after;
  };
}

/** Puts bytes before the file. */
function precede(pick: (random: SeededRandom) => string): Mutator['change'] {
  return (draft, random) => {
    draft.bytes = pick(random) + render(draft);
  };
}

/** Ends the file where `pattern` is found for the n-th time, `offset` bytes further on. */
function truncate(pattern: RegExp, offset: number): Mutator['change'] {
  return (draft, random) => {
    const bytes = render(draft);
    const places = [...bytes.matchAll(pattern)].map(({ index }) => index + offset);
    draft.bytes = bytes.slice(0, places.length === 0 ? random.below(bytes.length + 1) : random.pick(places));
  };
}

const NOT_UTF8 = [
  '\xff',
  '\xfe',
  '\xc0\xaf',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xe2\x82',
  '\x80',
  '\xc3',
  '\xf0\x9f\x98',
  '\xe9',
];
const FOREIGN = [
  '\x89PNG\r\n\x1a\n',
  'PK\x03\x04',
  '%PDF-1.7',
  'PAR1\x15',
  '\xff\xfe',
  '\xfe\xff',
  '\xff\xfe\x00\x00',
  'GIF89a',
  '\x1f\x8b\x08',
];

/** Single bytes, wherever they stand. */
export const BYTE_MUTATORS: readonly Mutator[] = mutators('bytes', {
  'bit flipped': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = before + String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << random.below(8))) + after.slice(1);
  },
  'byte replaced': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = before + String.fromCharCode(random.below(256)) + after.slice(1);
  },
  'bytes removed': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = before + after.slice(1 + random.below(random.pick([1, 5, 50])));
  },
  'bytes repeated': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = before + after.slice(0, 1 + random.below(40)) + after;
  },
  'parts swapped': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = after + before;
  },
  'invalid UTF-8': insert((random) => random.pick(NOT_UTF8)),
  'much invalid UTF-8': (draft, random) => {
    draft.bytes = render(draft).replace(/[a-z]/g, (letter) => (random.below(3) === 0 ? random.pick(NOT_UTF8) : letter));
  },
  'Latin-1': (draft) => {
    draft.bytes = Buffer.from(render(draft), 'latin1')
      .toString()
      .replace(/[^\0-\xff]/g, '?');
  },
  'windows-1252': (draft, random) => {
    draft.bytes = Buffer.from(
      Buffer.from(render(draft), 'latin1')
        .toString()
        .replace(/[^\0-\xff]/g, '\x92'),
      'latin1',
    ).toString('latin1');
    if (random.below(2) === 0) draft.options[random.pick(['encoding', 'fallbackEncoding'] as const)] = 'windows-1252';
  },
  'NUL bytes': insert((random) => '\0'.repeat(1 + random.below(3))),
  'NUL bytes everywhere': (draft) => {
    draft.bytes = render(draft).replace(/./gs, '$&\0');
  },
  'control characters': insert((random) =>
    random.pick(['\x1b[2J', '\x07', '\x08', '\x1a', '\x0b', '\x0c', '\x85', '\xe2\x80\xa8']),
  ),
  'BOM at the start': precede(() => '\xef\xbb\xbf'),
  'BOM twice': precede(() => '\xef\xbb\xbf\xef\xbb\xbf'),
  'BOM in the middle': insert(() => '\xef\xbb\xbf'),
  'half a BOM': precede((random) => random.pick(['\xef', '\xef\xbb'])),
  'foreign first bytes': precede((random) => random.pick(FOREIGN)),
  'text in UTF-16': (draft, random) => {
    const text = Buffer.from(Buffer.from(render(draft), 'latin1').toString(), 'utf16le');
    if (random.below(2) === 0) text.swap16();
    draft.bytes = random.pick(['', '\xff\xfe', '\xfe\xff']) + text.toString('latin1');
    if (random.below(3) === 0) draft.options.encoding = random.pick(['utf-16', 'utf-16le', 'utf-16be']);
  },
  'ends anywhere': (draft, random) => {
    const [before] = splitAnywhere(render(draft), random);
    draft.bytes = before;
  },
  'ends inside a line end': (draft, random) => {
    for (const record of draft.bytes === null ? draft.records : []) record.end = '\r\n';
    truncate(/\r\n/g, 1)(draft, random);
  },
  'ends inside a character': truncate(/[\xc2-\xf4][\x80-\xbf]/g, 1),
  'ends after a delimiter': truncate(/,/g, 1),
  'ends after an opening quote': truncate(/,"/g, 2),
  'ends inside quotes': truncate(/"[^"]+"/g, 2),
  'ends in the first record': (draft, random) => {
    const bytes = render(draft);
    draft.bytes = bytes.slice(0, random.below(Math.max(1, bytes.search(/[\r\n]/))));
  },
  'nothing but line ends': (draft, random) => {
    draft.bytes = random.pick(['', '\n', '\r\n', '\r', '\n\n\n', ' ', '\xef\xbb\xbf', '\xef\xbb\xbf\n', '"', '""', ',', '\0']);
  },
});

/** The whole file in gzip, and what can be wrong with that. */
export const WHOLE_MUTATORS: readonly Mutator[] = mutators('whole', {
  gzip: (draft) => {
    draft.bytes = gzip(render(draft));
  },
  'gzip truncated': (draft, random) => {
    const bytes = gzip(render(draft));
    draft.bytes = bytes.slice(0, random.pick([1, 2, 3, 9, 10, bytes.length - 1, bytes.length - 8, random.below(bytes.length)]));
  },
  'gzip with a flipped bit': (draft, random) => {
    const [before, after] = splitAnywhere(gzip(render(draft)), random);
    draft.bytes = before + String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << random.below(8))) + after.slice(1);
  },
  'gzip in several members': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    draft.bytes = gzip(before) + random.pick(['', gzip('')]) + gzip(after);
  },
  'gzip with something behind it': (draft, random) => {
    draft.bytes = gzip(render(draft)) + random.pick(['\0', '\0'.repeat(512), 'rubbish', '\x1f\x8b', '\x1f\x8b\x08']);
  },
  'gzip in gzip': (draft) => {
    draft.bytes = gzip(gzip(render(draft)));
  },
});

/** The whole file in zstd, and what can be wrong with that. */
export const ZSTD_MUTATORS: readonly Mutator[] = mutators('whole', {
  zstd: (draft) => {
    draft.bytes = zstd(render(draft));
  },
  'zstd truncated': (draft, random) => {
    const bytes = zstd(render(draft));
    draft.bytes = bytes.slice(0, random.pick([1, 3, 4, 5, 8, bytes.length - 1, random.below(bytes.length)]));
  },
  'zstd with a flipped bit': (draft, random) => {
    const [before, after] = splitAnywhere(zstd(render(draft)), random);
    draft.bytes = before + String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << random.below(8))) + after.slice(1);
  },
  'zstd in several frames': (draft, random) => {
    const [before, after] = splitAnywhere(render(draft), random);
    const skippable = '\x50\x2a\x4d\x18\x02\0\0\0xy';
    draft.bytes = random.pick(['', skippable]) + zstd(before) + random.pick(['', skippable, zstd('')]) + zstd(after);
  },
  'zstd with something behind it': (draft, random) => {
    draft.bytes = zstd(render(draft)) + random.pick(['\0', 'rubbish', '\x28\xb5', '\x28\xb5\x2f\xfd']);
  },
});

function zstd(bytes: string): string {
  return zstdCompressSync(Buffer.from(bytes, 'latin1')).toString('latin1');
}

function gzip(bytes: string): string {
  return gzipSync(Buffer.from(bytes, 'latin1')).toString('latin1');
}

/** Limits scaled down, so that a small file goes beyond them. */
export const LIMIT_MUTATORS: readonly Mutator[] = mutators('records', {
  'cell beyond the limit': (draft, random) => {
    draft.limits.cellBytes = 100;
    const cell = 'x'.repeat(random.pick([99, 100, 101, 1000]));
    lastOf(draft).cells[0] = random.pick([cell, `"${cell}"`, `"${cell}`, `"${cell.slice(0, 60)}\n${cell.slice(60)}"`]);
  },
  'record beyond the limit': (draft, random) => {
    draft.limits.recordBytes = 200;
    lastOf(draft).cells[0] = random.pick(['x'.repeat(random.pick([150, 190, 200, 210, 5000])), `"${'line\n'.repeat(80)}"`]);
  },
  'columns beyond the limit': (draft, random) => {
    draft.limits.columns = 10;
    const record = random.pick(draft.records);
    const more = random.pick([1, 9, 10, 11, 500]);
    record.cells.push(...Array.from({ length: more }, () => 'c'));
    record.delimiters.push(...Array.from({ length: more }, () => ','));
  },
  'header beyond the limit': (draft, random) => {
    draft.limits.headerBytes = 64;
    draft.records[0]?.cells.splice(0, 1, 'h'.repeat(random.pick([10, 63, 64, 65, 400])));
  },
  'name beyond the limit': (draft, random) => {
    draft.limits.nameCharacters = 20;
    draft.records[0]?.cells.splice(0, 1, 'n'.repeat(random.pick([19, 20, 21, 300])));
  },
  'content beyond the limit': (draft, random) => {
    draft.limits.contentBytes = random.pick([1, 50, 200, 1000]);
  },
  'stored bytes beyond the limit': (draft, random) => {
    draft.limits.compressedBytes = random.pick([1, 30, 100]);
  },
  'no line ends at all': (draft) => {
    draft.limits.recordBytes = 300;
    for (const record of draft.records) record.end = '';
  },
});

function lastOf({ records }: CsvDraft): { cells: string[] } {
  return records.at(-1) ?? { cells: [] };
}
