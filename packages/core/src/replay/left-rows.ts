import type { ReplayedRows } from '../source/input-unit.ts';
import type { OpenRejection } from './open-rejections.ts';
import type { LeftRows } from './replay-preview.ts';

/** An overwrite with a few rows would take everything else away. */
export function leftAsNotAppending({ of, sequence, rows }: OpenRejection): LeftRows {
  const message = `${rowsText(rows)} of ${of.uri} cannot go again: an ingestion that overwrites would put them in the place of everything else. Repair the file, and deliver it again together with those that belong to it.`;
  return { uri: of.uri, sequence, rows, reason: 'not-appending', message };
}

/** Nothing says which row of a key is newer, and what comes last would stay. */
export function leftAsOvertaken({ of, sequence, rows }: OpenRejection): LeftRows {
  const message = `${rowsText(rows)} of ${of.uri} cannot go again: rows were loaded after them, and without a "newest" column of the merge older ones would take their place. Name a "newest" column, or send the rows again.`;
  return { uri: of.uri, sequence, rows, reason: 'overtaken', message };
}

/** Ledger and table of rejected rows differ. */
export function leftAsNotInTable({ of, sequence, rows }: OpenRejection, found: number): LeftRows {
  const message = `Of ${of.uri}, commit ${sequence} set ${rowsText(rows)} aside, but the table of rejected rows has ${found}: somebody changed it. None of them goes again.`;
  return { uri: of.uri, sequence, rows, reason: 'not-in-table', message };
}

/** Nobody knows how to read the records. */
export function leftAsUnreadable({ of, sequence, rows }: OpenRejection): LeftRows {
  const message = `${rowsText(rows)} of ${of.uri} cannot go again: the file is gone or changed, and how it was read is not known or takes the whole file.`;
  return { uri: of.uri, sequence, rows, reason: 'unreadable', message };
}

/** The bytes of a row are those of its whole record, of which other rows may be in the table. */
export function leftAsExpanded({ of, sequence, rows }: ReplayedRows): LeftRows {
  const message = `${rowsText(rows)} of ${of.uri} cannot go again: records of it become several rows each, and some of these are in the table. Repair the file, and deliver it again.`;
  return { uri: of.uri, sequence, rows, reason: 'expanded', message };
}

/** None of them would be accepted: going again would only copy them. */
export function leftAsUnchanged(uri: string, sequence: number, rows: number): LeftRows {
  const message = `${rowsText(rows)} of ${uri} would be rejected again as things are, so they stay where they are. Change the spec first.`;
  return { uri, sequence, rows, reason: 'unchanged', message };
}

function rowsText(rows: number): string {
  return rows === 1 ? '1 rejected row' : `${rows} rejected rows`;
}
