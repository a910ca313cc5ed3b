import {
  type AdoptPreview,
  type AdoptResult,
  bytesText,
  type FileGroup,
  type LedgerCommit,
  type ResetPreview,
  type UnknownFiles,
} from '@calve/core';
import type { FileNames } from './file-names.ts';
import { countsText, filesText } from './run-lines.ts';

/** One commit as it was when it was made: number, time, files, rows, snapshot; then what became of it, and below it what is wrong with it. */
export function commitLines({ sequence, at, units, counts, outputs, replacedSince, difference }: LedgerCommit): string[] {
  const [first, { snapshot, state } = { snapshot: null, state: 'none' as const }] = Object.entries(outputs)[0] ?? [''];
  const rows = counts?.[first];
  const parts = [
    `${sequence}`,
    at ?? 'time unknown',
    units === null ? 'files unknown' : filesText(units),
    ...(rows ? [countsText(rows)] : []),
    ...(snapshot === null ? [] : [`snapshot ${snapshot}`]),
    ...(state === 'live' || state === 'none' ? [] : [state]),
    ...(replacedSince === null
      ? []
      : [`(replaced since: ${filesText(replacedSince.units)} with ${countText(replacedSince.rows, 'row')})`]),
  ];
  return [parts.join('  '), ...(difference === null ? [] : [`  ${difference}`])];
}

/**
 * What an adoption would make known.
 *
 * @param choice What was said of files without rows; absent: nothing.
 */
export function adoptPreviewLines(preview: AdoptPreview, names: FileNames, choice?: UnknownFiles): string[] {
  const {
    ingestion,
    table,
    state: place,
    ledger,
    committed,
    known,
    changed,
    unknown,
    gone,
    namelessRows,
    lostRejectedRows,
    unsettled,
    mustChoose,
  } = preview;
  const fate = {
    load: 'the next run loads them',
    leave: 'they count as loaded',
    unsaid: mustChoose
      ? 'some may be copies of loaded files under another name, so it has to be said what becomes of them'
      : 'the next run loads them, unless --unknown leave',
  }[choice ?? 'unsaid'];
  const groups: [string, FileGroup, string][] = [
    ['known', known, 'their rows are in the table; they are not loaded again'],
    ['held', changed, 'changed or touched since they were loaded; they wait for a decision'],
    ['unknown', unknown, `no row of them is in the table; ${fate}`],
  ];
  const extra = [
    ...(gone > 0 ? [`${countText(gone, 'loaded version')} no longer in the landing folder: their rows stay`] : []),
    ...(namelessRows > 0 ? [`${countText(namelessRows, 'row')} of another writer, which name no file`] : []),
    ...(lostRejectedRows > 0 ? [lostText(lostRejectedRows)] : []),
    ...(unsettled > 0
      ? [`${filesText(unsettled)} that may still be written, or cannot be read: the next run looks at them`]
      : []),
  ];
  return [
    `From ${table}, as of commit ${newest(committed)}, the ledger "${ingestion}" would be rebuilt in ${place}${ledger === 'old-copy' ? ', in the place of the old copy there' : ''}:`,
    ...groups.map(([state, group, meaning]) => `  ${state.padEnd(7)}  ${groupText(group, names)}: ${meaning}`),
    ...extra.map((line) => `  ${line}`),
  ];
}

/** What an adoption did. */
export function adoptedText(
  { outcome, committed, known, left, lostRejectedRows }: AdoptResult,
  ingestion: string,
  table: string,
): string {
  if (outcome === 'already-there') return nothingText({ ingestion, committed, table });
  const leaves = left > 0 ? `; ${filesText(left)} without rows count${left === 1 ? 's' : ''} as loaded` : '';
  const lost = lostRejectedRows > 0 ? ` Beside that, ${lostText(lostRejectedRows)}.` : '';
  return `Adopted ${table}: the ledger "${ingestion}" is as of commit ${newest(committed)} and knows ${countText(known, 'loaded version')} of files${leaves}.${lost}`;
}

/** Says that the ledger is as it should be. */
export function nothingText({ ingestion, committed, table }: Pick<AdoptPreview, 'ingestion' | 'committed' | 'table'>): string {
  return `Nothing to adopt: the ledger "${ingestion}" is there, as of commit ${newest(committed)}, and fits ${table}. Nothing was changed.`;
}

/** What was cut in half when the ledger was lost. */
function lostText(rows: number): string {
  return `${countText(rows, 'rejected row')} of the last commit ${rows === 1 ? 'is' : 'are'} in no table: the ledger was lost before ${rows === 1 ? 'it was' : 'they were'} added`;
}

/** What a reset would forget, and what each choice means. */
export function resetPreviewLines(preview: ResetPreview, names: FileNames): string[] {
  const { ingestion, table, ledger, proven, open, again, others, gone, unsettled } = preview;
  const all = filesText(again.count + others.count);
  // A ledger that is lost or behind does not know of all rows in the table.
  const isBehind = newest(proven) > newest(ledger?.committed ?? {});
  const doubled = isBehind
    ? 'also those whose rows are in the table, which this ledger does not know'
    : `${again.count.toLocaleString('en-US')} of them again: their rows are in the table twice then`;
  return [
    `A reset forgets which files of "${ingestion}" are loaded, and keeps ${table}. The ledger now:`,
    ...(ledger === null
      ? ['  none, so what is loaded is not known']
      : [
          `  as of commit ${newest(ledger.committed)}; ${table} proves ${newest(proven)}`,
          `  loaded      ${groupText(again, names)}`,
          `  not loaded  ${groupText(others, names)}`,
        ]),
    ...(gone > 0 ? [`  ${filesText(gone)} loaded and no longer in the landing folder: their rows stay`] : []),
    ...(unsettled > 0
      ? [`  ${filesText(unsettled)} that may still be written, or cannot be read: neither choice counts them as loaded`]
      : []),
    ...(open === null ? [] : [`  Commit ${open.sequence} was left open by an earlier run; it is brought to its end first.`]),
    'What becomes of the files of the landing folder:',
    `  --reload    ${all} load with the next run, ${doubled}`,
    isBehind
      ? `  --from-now  ${all} count as loaded, also those without a row in the table`
      : `  --from-now  ${all} count as loaded, ${others.count.toLocaleString('en-US')} of them without a row in the table`,
  ];
}

/** `2 files (1.5 KiB; a.csv, b.csv)`. */
function groupText({ count, bytes, examples }: FileGroup, names: FileNames): string {
  if (count === 0) return filesText(0);
  const more = count > examples.length ? ', …' : '';
  return `${filesText(count)} (${bytesText(bytes)}; ${examples.map((uri) => names.of(uri)).join(', ')}${more})`;
}

/** The first output commits in every batch, so no other one has a higher number. */
function newest(committed: Record<string, number>): number {
  return Math.max(0, ...Object.values(committed));
}

function countText(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}
