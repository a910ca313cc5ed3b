import { bytesOf, type CsvDraft, type DraftRecord, quotedCell } from './csv-draft.ts';
import { type Mutator, mutators } from './mutator.ts';

const header = ({ records }: CsvDraft): DraftRecord => records[0] as DraftRecord;

/** The record that names the columns. */
export const HEADER_MUTATORS: readonly Mutator[] = mutators('records', {
  'names repeated': (draft) => {
    const { cells } = header(draft);
    cells.fill(cells[0] ?? '');
  },
  'names differ in case only': (draft) => {
    const { cells } = header(draft);
    cells[1] = (cells[0] ?? '').toUpperCase();
  },
  'names that collide when made unique': (draft) => {
    header(draft).cells.splice(0, 2, 'a', 'A');
    header(draft).cells.push('a0', 'A1', '_c4');
    header(draft).delimiters.push(',', ',', ',');
  },
  'names empty': (draft, random) => {
    const { cells } = header(draft);
    for (let at = 0; at < cells.length; at++) if (random.below(2) === 0) cells[at] = random.pick(['', '""', ' ', '\t']);
  },
  'name reserved': (draft, random) => {
    const names = [
      '_source_file',
      '_source_version',
      '_ingested_at',
      '_c0',
      '_corrupt_record',
      'rowid',
      '_SOURCE_FILE',
      '_rejected',
    ];
    header(draft).cells[0] = random.pick(names);
  },
  'name of a prototype': (draft, random) => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'length'];
    for (let at = 0; at < 2; at++) header(draft).cells[at] = random.pick(names);
  },
  'name of 300 characters': (draft, random) => {
    header(draft).cells[random.below(header(draft).cells.length)] = bytesOf(
      random.pick(['n', 'ü', '名', '\u{1F600}']).repeat(300),
    );
  },
  'names hard to write': (draft, random) => {
    const names = [
      'a.b',
      'a`b',
      'a"b',
      "a'b",
      'a b',
      'a\\b',
      '../x',
      '%00',
      'a\u0000b',
      'a\u001b[31m',
      'Å',
      'A\u030a',
      'K',
      '\ufeffid',
      '\u200b',
    ];
    header(draft).cells = header(draft).cells.map(() => quotedCell(bytesOf(random.pick(names))));
  },
  'name over two lines': (draft, random) => {
    header(draft).cells[random.below(header(draft).cells.length)] = random.pick([
      '"two\nlines"',
      '"two\r\nlines"',
      '"two\rlines"',
    ]);
  },
  'header removed': (draft, random) => {
    if (draft.records.length > 1) draft.records.shift();
    draft.options.header = random.pick(['detect', false, true] as const);
  },
  'header looks like data': (draft) => {
    const { cells } = header(draft);
    for (let at = 0; at < cells.length; at++) cells[at] = String(at * 17);
  },
  'header only': (draft) => {
    draft.records.length = 1;
  },
  'header repeated below': ({ records }, random) => {
    const { cells, delimiters, end } = records[0] as DraftRecord;
    records.splice(1 + random.below(records.length), 0, { cells: [...cells], delimiters: [...delimiters], end });
  },
  'one column': ({ records }) => {
    for (const record of records) {
      record.cells.length = 1;
      record.delimiters.length = 0;
    }
  },
});

/** How the file is read, and what the file then has. */
export const OPTION_MUTATORS: readonly Mutator[] = mutators('records', {
  'comment lines': ({ records, options }, random) => {
    options.comment = random.pick(['#', '#', ';', '-', '0']);
    for (const record of records) {
      if (random.below(3) === 0)
        record.end += `${options.comment}${random.pick(['', ' said', ' "open', ',,,', bytesOf(' ü')])}\n`;
    }
  },
  'comment first': (draft) => {
    draft.options.comment = '#';
    draft.records.unshift({ cells: ['# made by hand'], delimiters: [], end: '\n' });
  },
  'preamble skipped': (draft, random) => {
    draft.options.skipLines = 1 + random.below(3);
    for (let line = 0; line < draft.options.skipLines; line++) {
      const cells = [random.pick(['Report of today', '', '"', 'a,b,c,d,e,f,g,h,i,j', bytesOf('Überschrift')])];
      draft.records.unshift({ cells, delimiters: [], end: random.pick(['\n', '\n', '\r\n']) });
    }
  },
  'preamble not skipped': ({ records }) => {
    records.unshift({ cells: ['Report of today'], delimiters: [], end: '\n\n' });
  },
  'footer left out': ({ records, options }, random) => {
    options.skipFooterLines = 1 + random.below(3);
    for (let line = 0; line < options.skipFooterLines; line++) {
      const cells = [random.pick(['Total,,5', 'End', '"', 'a,b,c,d', bytesOf('Übertrag')])];
      records.push({ cells, delimiters: [], end: random.pick(['\n', '\n', '\n\n', '']) });
    }
  },
  'footer longer than the file': ({ records, options }, random) => {
    options.skipFooterLines = records.length + random.below(5);
  },
  'two delimiters fit': ({ records, options }, random) => {
    for (const record of records) record.cells = [`${random.pick(['a', 'b'])};${random.pick(['c', 'd'])}`, 'x'];
    for (const record of records) record.delimiters = [','];
    delete options.delimiter;
  },
  'backslashes before quotes': ({ records }, random) => {
    for (const record of records.slice(1)) record.cells[0] = random.pick(['"a \\"b\\" c"', '"C:\\dir\\"', '"x"', '"\\\\"']);
  },
  'encoding said otherwise': ({ options }, random) => {
    options.encoding = random.pick([
      'windows-1252',
      'iso-8859-1',
      'windows-1251',
      'shift_jis',
      'gb18030',
      'big5',
      'utf-16',
      'utf-16le',
      'utf-8',
    ]);
  },
  'fallback encoding': ({ options }, random) => {
    options.fallbackEncoding = random.pick(['windows-1252', 'iso-8859-1', 'euc-jp']);
  },
  'more lines skipped than there are': ({ records, options }, random) => {
    options.skipLines = records.length + random.below(5);
  },
  'no quotes': ({ options }) => {
    options.quote = null;
    delete options.escape;
  },
  'other quote': ({ options }, random) => {
    options.quote = random.pick(["'", '`', '*']);
    delete options.escape;
  },
  'quotes stop at a closing one': (draft, random) => {
    draft.options.unescapedQuotes = 'stop-at-closing-quote';
    const { cells } = draft.records[random.below(draft.records.length)] as DraftRecord;
    cells[0] = '"a"b, "c';
  },
  'header said otherwise': ({ options }, random) => {
    options.header = random.pick([false, 'detect'] as const);
  },
  'columns named': ({ records, options }, random) => {
    const count = (records[0]?.cells.length ?? 1) + random.pick([0, 0, 1, -1]);
    options.columns = Array.from({ length: Math.max(1, count) }, (_, at) => `column ${at}`);
    options.header = random.pick([true, false, 'detect'] as const);
  },
  'compression said otherwise': ({ options }, random) => {
    options.compression = random.pick(['gzip', 'none', 'zstd'] as const);
  },
});
