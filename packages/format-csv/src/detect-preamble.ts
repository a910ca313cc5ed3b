import { detectHeader } from './detect-header.ts';
import type { RecordSample } from './sample-records.ts';
import { commonWidth } from './sample-records.ts';

/** Lines in front of the header that are no data, as far as can be seen. */
export interface DetectedPreamble {
  /** How many records they look like. */
  records: number;
  /** Where the header begins. */
  start: number;
  /** Half a sentence. */
  because: string;
}

const MOST_RECORDS = 20;
const LEAST_SHARE = 0.95;
/** Lines of a spreadsheet's title are padded with delimiters; two columns of which one is empty are data as well. */
const LEAST_PADDED_WIDTH = 3;

/**
 * Finds titles above the table: records with at most one text in them, in front of one that looks like names, behind which nearly all have as
 * many cells as that one. Anything less clear is data. Pure.
 *
 * @param sample With texts of the first records.
 * @returns `null`: the first record is the header or data.
 */
export function detectPreamble({ texts, widths, starts }: RecordSample): DetectedPreamble | null {
  const { width } = commonWidth(widths);
  if (width < 2) return null;
  const records = texts.findIndex((row) => !isTitle(row, width));
  const header = texts[records];
  if (records < 1 || records > MOST_RECORDS || header?.length !== width || !areNames(header)) return null;
  const rest = widths.slice(records);
  const alike = rest.filter((one) => one === width).length;
  if (alike < 2 || alike < rest.length * LEAST_SHARE || !isHeaderBelow(texts, records)) return null;
  const start = starts[records] as number;
  const because = `${records === 1 ? 'a line' : `${records} lines`} of one text or none in front of a line of ${width} names`;
  return { records, start, because };
}

/** False when the first record cannot be a title, which takes no other texts to say. Pure. */
export function beginsWithTitle({ texts, widths }: RecordSample): boolean {
  const [first] = texts;
  const { width } = commonWidth(widths);
  return first !== undefined && width >= 2 && isTitle(first, width);
}

function isTitle(row: readonly (string | null)[], width: number): boolean {
  const told = row.filter((cell) => cell !== null && cell.trim() !== '').length;
  return told <= 1 && (row.length < width || width >= LEAST_PADDED_WIDTH);
}

/** What is above is a text of several words, or what is below shows that these are names: one word above words may be a name as well. */
function isHeaderBelow(texts: RecordSample['texts'], records: number): boolean {
  const { header, isEvident } = detectHeader(texts.slice(records));
  const isProse = texts.slice(0, records).some((row) => row.some((cell) => /\S\s+\S/.test(cell ?? '')));
  return header && (isEvident || isProse);
}

function areNames(cells: readonly (string | null)[]): boolean {
  const names = cells.map((cell) => (cell ?? '').trim().toLowerCase());
  return names.every((name) => /\p{L}/u.test(name)) && new Set(names).size === names.length;
}
