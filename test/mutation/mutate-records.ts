import type { SeededRandom } from '@calve/testkit';
import { bytesOf, type DraftRecord, quotedCell } from './csv-draft.ts';
import { anyRecord, changeCell, changeValue, type Mutator, mutators, splitAnywhere } from './mutator.ts';

/** Line ends, quotes, delimiters and the number of cells. */
export const RECORD_MUTATORS: readonly Mutator[] = mutators('records', {
  'line ends all CR LF': ({ records }, random) => endAllWith(records, '\r\n', random),
  'line ends all CR': ({ records }, random) => endAllWith(records, '\r', random),
  'line ends mixed': ({ records }, random) => {
    for (const record of records) record.end = random.pick(['\n', '\r\n', '\r']);
  },
  'one other line end': (draft, random) => {
    const end = random.pick(['\n', '\r\n']);
    for (const record of draft.records) record.end = end;
    anyRecord(draft, random).end = random.pick(['\r\n', '\r', '\n\r', '\r\r\n', '\n']);
  },
  'line end removed': (draft, random) => {
    anyRecord(draft, random).end = '';
  },
  'line end doubled': (draft, random) => {
    const record = anyRecord(draft, random);
    record.end += record.end;
  },
  'last line end removed': ({ records }) => {
    (records.at(-1) as DraftRecord).end = '';
  },
  'blank lines': ({ records }, random) => {
    for (const record of records) if (random.below(3) === 0) record.end += random.pick(['\n', '\r\n', ' \n', '\n\n\n']);
  },
  'quote opened': (draft, random) => changeCell(draft, random, (cell) => `"${cell}`),
  'quote never closed': ({ records }, random) => {
    const { cells } = records.at(-1) as DraftRecord;
    cells[random.below(cells.length)] = '"open';
  },
  'quotes doubled': (draft, random) => changeCell(draft, random, (cell) => quotedCell(quotedCell(cell))),
  'quote escaped': (draft, random) => {
    if (random.below(2) === 0) draft.options.escape = '\\';
    changeCell(draft, random, (cell) => `"${cell}\\"${random.pick(['', ' more', '\\\\', ',', '"'])}"`);
  },
  'quote after text': (draft, random) => changeCell(draft, random, (cell) => splitAnywhere(cell, random).join('"')),
  'text after quote': (draft, random) =>
    changeCell(
      draft,
      random,
      (cell) => `${quotedCell(cell)}${random.pick(['x', ' ', ' x', '"', ' "y"', '\t', 'é'].map(bytesOf))}`,
    ),
  'quote alone': (draft, random) => changeCell(draft, random, () => random.pick(['"', '"""', '""""', "'"])),
  'all cells quoted': ({ records }, random) => {
    const quote = random.pick(['"', '"', "'"]);
    for (const record of records)
      record.cells = record.cells.map((cell) => (cell.startsWith('"') ? cell : quotedCell(cell, quote)));
  },
  'blanks around quotes': (draft, random) => changeCell(draft, random, (cell) => ` ${quotedCell(cell)} `),
  'line end in quotes': (draft, random) =>
    changeCell(draft, random, (cell) => quotedCell(splitAnywhere(cell, random).join(random.pick(['\n', '\r\n', '\r', '\n\n'])))),
  'delimiter in quotes': (draft, random) => changeCell(draft, random, (cell) => quotedCell(`${cell},${cell}`)),
  'quote storm': (draft, random) => changeCell(draft, random, () => '"a" '.repeat(1 + random.below(200))),
  'delimiter removed': (draft, random) => {
    const { delimiters } = anyRecord(draft, random);
    delimiters[random.below(delimiters.length)] = '';
  },
  'delimiter added': (draft, random) => changeCell(draft, random, (cell) => splitAnywhere(cell, random).join(',')),
  'one other delimiter': (draft, random) => {
    const { delimiters } = anyRecord(draft, random);
    delimiters[random.below(delimiters.length)] = random.pick([';', '\t', '|', ' ', '\u0000']);
  },
  'all delimiters changed': ({ records, options }, random) => {
    const delimiter = random.pick([';', '\t', '|', '||', '::', '\t|', '|~|', ' ', ':', bytesOf('é')]);
    for (const record of records) record.delimiters = record.delimiters.map(() => delimiter);
    delete options.delimiter;
    if (random.below(2) === 0) options.delimiter = Buffer.from(delimiter, 'latin1').toString();
  },
  'trailing delimiters': ({ records }, random) => {
    for (const record of records) if (random.below(4) > 0) addCell(record, '');
  },
  'cell removed': (draft, random) => {
    const { cells, delimiters } = anyRecord(draft, random);
    cells.pop();
    delimiters.pop();
  },
  'cell added': (draft, random) => addCell(anyRecord(draft, random), 'extra'),
  'most rows ragged': ({ records }, random) => {
    for (const record of records) if (random.below(2) === 0) addCell(record, '');
  },
  'rows removed': ({ records }, random) => {
    records.splice(1 + random.below(records.length));
  },
  'row repeated': ({ records }, random) => {
    const at = random.below(records.length);
    const { cells, delimiters, end } = records[at] as DraftRecord;
    records.splice(at, 0, { cells: [...cells], delimiters: [...delimiters], end });
  },
  'cells swapped': (draft, random) => {
    anyRecord(draft, random).cells.reverse();
  },
});

/** Values that a column of numbers or dates does not expect. */
export const VALUE_MUTATORS: readonly Mutator[] = mutators('records', {
  'number out of range': (draft, random) =>
    changeValue(draft, random, () =>
      random.pick([
        '9223372036854775808',
        '-9223372036854775809',
        '1e400',
        '-1e-400',
        '9'.repeat(39),
        `0.${'1'.repeat(60)}`,
        '1'.repeat(400),
      ]),
    ),
  'date that is none': (draft, random) =>
    changeValue(draft, random, () =>
      random.pick([
        '2024-02-30',
        '2023-02-29',
        '0000-00-00',
        '2024-13-01',
        '99999-01-01',
        '2024-01-01T24:00:00',
        '2024-1-1',
        '01.02.2024',
      ]),
    ),
  'odd number': (draft, random) =>
    changeValue(draft, random, () =>
      random.pick([
        'NaN',
        'Infinity',
        '-',
        '+',
        '+1',
        '.5',
        '5.',
        '0x10',
        '1_000',
        '1,000',
        '007',
        '1e',
        '--1',
        ' 1',
        '-0',
        bytesOf('١٢٣'),
      ]),
    ),
  'other type': (draft, random) =>
    changeValue(draft, random, () => random.pick(['TRUE', 'yes', 'null', 'NULL', 'NA', 'abc', '2024', ''])),
  'column of nothing': ({ records }, random) => {
    const at = random.below(records[0]?.cells.length ?? 1);
    for (const { cells } of records.slice(1)) if (at < cells.length) cells[at] = random.pick(['', '""']);
  },
  'nulls named': (draft, random) => {
    draft.options.nulls = random.pick([['NA'], ['', 'x'], ['true', '0'], ['\u0000']]);
    changeValue(draft, random, () => 'NA');
  },
});

/** In half of the files those inside quotes too. */
function endAllWith(records: readonly DraftRecord[], end: string, random: SeededRandom): void {
  const isInQuotesToo = random.below(2) === 0;
  for (const record of records) {
    record.end = end;
    if (isInQuotesToo) record.cells = record.cells.map((cell) => cell.replaceAll('\n', end));
  }
}

function addCell(record: DraftRecord, cell: string): void {
  if (record.cells.length > 0) record.delimiters.push(record.delimiters.at(-1) ?? ',');
  record.cells.push(cell);
}
