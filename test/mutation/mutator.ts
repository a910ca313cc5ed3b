import type { SeededRandom } from '@calve/testkit';
import type { CsvDraft, DraftRecord } from './csv-draft.ts';

/** One way to spoil a file. */
export interface Mutator {
  name: string;
  /** Mutators run in this order: what knows records first, then what changes single bytes, then what wraps the whole. */
  stage: 'records' | 'bytes' | 'whole';
  change(draft: CsvDraft, random: SeededRandom): void;
}

/** Mutators of one stage, by name. */
export function mutators(stage: Mutator['stage'], changes: Readonly<Record<string, Mutator['change']>>): Mutator[] {
  return Object.entries(changes).map(([name, change]) => ({ name, stage, change }));
}

/** One record, the header included. */
export function anyRecord({ records }: CsvDraft, random: SeededRandom): DraftRecord {
  return records[random.below(records.length)] as DraftRecord;
}

/** Replaces one cell of one record. */
export function changeCell(draft: CsvDraft, random: SeededRandom, change: (cell: string) => string): void {
  const { cells } = anyRecord(draft, random);
  const at = random.below(cells.length);
  cells[at] = change(cells[at] ?? '');
}

/** Replaces one cell of a record below the header, if there is one. */
export function changeValue(draft: CsvDraft, random: SeededRandom, change: (cell: string) => string): void {
  const [header, ...rows] = draft.records;
  changeCell({ ...draft, records: rows.length > 0 ? rows : [header as DraftRecord] }, random, change);
}

/** Cuts a text in two at a random place. */
export function splitAnywhere(text: string, random: SeededRandom): [string, string] {
  const at = random.below(text.length + 1);
  return [text.slice(0, at), text.slice(at)];
}
