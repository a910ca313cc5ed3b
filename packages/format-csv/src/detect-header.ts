import { shownText } from '@calve/core/plugin';

/** Whether the first record names the columns, and a plain sentence that says why. */
export interface DetectedHeader {
  header: boolean;
  because: string;
  /** True when values of other kinds stand below a name, or of the same kind below data. */
  isEvident: boolean;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$/;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?$/;
const BOOLEAN = /^(?:true|false)$/i;

type Kind = 'number' | 'date' | 'boolean' | 'text';

/**
 * Compares the first record with the columns below it: a text above numbers, dates or booleans is a name, a number above numbers is
 * data. Where neither is seen the first record is taken as the header, because most files have one.
 *
 * @param records Text of the first records, the first of the file included; `null` for a cell with nothing in it.
 */
export function detectHeader(records: readonly (readonly (string | null)[])[]): DetectedHeader {
  const [first = [], ...rest] = records;
  const rows = rest.filter((row) => row.length === first.length);
  let nameAbove: { name: string; kind: Kind } | undefined;
  let dataAbove: { value: string; kind: Kind } | undefined;
  let names = 0;
  let data = 0;
  for (const [column, cell] of first.entries()) {
    const kind = kindOfColumn(rows.map((row) => row[column] ?? null));
    if (cell === null || cell === '' || kind === null || kind === 'text') continue;
    if (kindOf(cell) === 'text') {
      names += 1;
      nameAbove ??= { name: cell, kind };
    } else {
      data += 1;
      dataAbove ??= { value: cell, kind };
    }
  }
  if (nameAbove && names >= data) {
    return {
      header: true,
      isEvident: true,
      because: `the first record is a header: "${shownText(nameAbove.name)}" stands above a column of ${nameAbove.kind}s`,
    };
  }
  if (dataAbove) {
    return {
      header: false,
      isEvident: true,
      because: `there is no header: "${shownText(dataAbove.value)}" in the first record is a ${dataAbove.kind} like the values below it`,
    };
  }
  const numbers = first.filter((cell) => cell !== null && kindOf(cell) !== 'text').length;
  if (rows.length === 0 && numbers > 0 && numbers === first.filter((cell) => cell).length) {
    return { header: false, isEvident: false, because: 'there is no header: the only record holds values that are not names' };
  }
  const texts = first.map((cell) => (cell ?? '').toLowerCase());
  const areNames = !texts.includes('') && new Set(texts).size === texts.length && numbers === 0;
  return {
    header: true,
    isEvident: false,
    because: areNames
      ? 'the first record is taken as the header: its cells are unique texts, as names are'
      : 'the first record is taken as the header, although it does not look different from the others; set the option "header" if it is data',
  };
}

function kindOf(text: string): Kind {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return 'number';
  if (DATE.test(trimmed)) return 'date';
  return BOOLEAN.test(trimmed) ? 'boolean' : 'text';
}

/** The kind of nearly all values of a column (some are placeholders), `text` when there is none, `null` without values. */
function kindOfColumn(cells: readonly (string | null)[]): Kind | null {
  const counts = { number: 0, date: 0, boolean: 0, text: 0 };
  let values = 0;
  for (const cell of cells) {
    if (cell === null || cell === '') continue;
    values += 1;
    counts[kindOf(cell)] += 1;
  }
  if (values === 0) return null;
  const kinds = ['number', 'date', 'boolean'] as const;
  return kinds.find((kind) => counts[kind] >= values * 0.8) ?? 'text';
}

/** True when none of these cells could be data above data of its kind: with one that is a number, what stands below decides. */
export function areTexts(cells: readonly string[]): boolean {
  return cells.every((cell) => cell !== '' && kindOf(cell) === 'text');
}
