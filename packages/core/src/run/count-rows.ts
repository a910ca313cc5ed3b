import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { StagedFiles } from '../sink/table-writer.ts';

/** Counts of nothing. */
export function noCounts(): RowCounts {
  return { read: 0, expanded: 0, written: 0, rejected: 0, filtered: 0, deduplicated: 0, replaced: 0 };
}

const COUNTS = Object.keys(noCounts()) as (keyof RowCounts)[];

/** Sums counts per output. */
export function sumCounts(records: readonly Pick<UnitRecord, 'counts'>[]): Record<string, RowCounts> {
  const sums: Record<string, RowCounts> = {};
  for (const { counts } of records) {
    for (const output in counts) {
      const unit = counts[output] as RowCounts;
      const sum = sums[output] ?? noCounts();
      sums[output] = sum;
      for (const name of COUNTS) sum[name] += unit[name];
    }
  }
  return sums;
}

/**
 * The counting law, checked before every commit: per output and unit read + expanded = written + rejected + filtered + deduplicated,
 * and the rows in the footers of the written files are the rows written.
 *
 * @throws {CalveError} `COUNT_MISMATCH` (report) with both sides; nothing was committed.
 */
export function assertCounts(records: readonly UnitRecord[], files: Readonly<Record<string, StagedFiles>>): void {
  for (const { unit, counts } of records) {
    for (const output in counts) {
      const { read, expanded, written, rejected, filtered, deduplicated } = counts[output] as RowCounts;
      if (read + expanded === written + rejected + filtered + deduplicated) continue;
      const name = unit.kind === 'object' ? unit.uri : unit.key;
      throw new CalveError(
        'COUNT_MISMATCH',
        `${name}, output "${output}": ${read} read + ${expanded} expanded is not ${written} written + ${rejected} rejected + ${filtered} filtered + ${deduplicated} deduplicated. Nothing was committed.`,
        { recovery: 'report', context: { unit: unit.key, output, read, expanded, written, rejected, filtered, deduplicated } },
      );
    }
  }
  const sums = sumCounts(records);
  for (const [output, staged] of Object.entries(files)) {
    const written = sums[output]?.written ?? 0;
    const rows = newRows(staged);
    if (written === rows) continue;
    throw new CalveError(
      'COUNT_MISMATCH',
      `Output "${output}": ${written} rows were handed to the writer, but the footers of its files hold ${rows} new ones. Nothing was committed.`,
      {
        recovery: 'report',
        context: { output, written, rows },
      },
    );
  }
}

/**
 * The same law over the whole batch, with each side from another witness: what was read by the count of the decoders, what was written
 * from the footers of the table's files, what was rejected from the footers of the second table's files.
 *
 * @param rejected Name of the output for rejected rows; null when there is none, and then nothing may be rejected.
 * @throws {CalveError} `COUNT_MISMATCH` (report); nothing was committed.
 */
export function assertTotals(
  records: readonly UnitRecord[],
  files: Readonly<Record<string, StagedFiles>>,
  main: string,
  rejected: string | null,
): void {
  const { read, expanded, filtered, deduplicated } = sumCounts(records)[main] ?? noCounts();
  const written = newRows(files[main]);
  const aside = rejected === null ? 0 : newRows(files[rejected]);
  if (read + expanded === written + aside + filtered + deduplicated) return;
  throw new CalveError(
    'COUNT_MISMATCH',
    `The decoders read ${read} rows, but the files hold ${written} rows and ${aside} rejected rows. Nothing was committed.`,
    { recovery: 'report', context: { read, expanded, written, rejected: aside, filtered, deduplicated } },
  );
}

/**
 * Puts what the writer found out into the counts of each unit: rows that lost against others with the same key were not written after all, and rows of
 * the table went. Changes `records`.
 *
 * @throws {CalveError} `COUNT_MISMATCH` (report): more rows of a unit lost than it has, or a unit is named that is not in the batch.
 */
export function countRewrite(records: readonly UnitRecord[], output: string, { rewrite }: StagedFiles): void {
  if (!rewrite) return;
  const byKey = new Map(records.map((record) => [record.unit.key, record]));
  for (const [unit, { deduplicated, replaced }] of Object.entries(rewrite.units)) {
    const record = byKey.get(unit);
    const counts = record?.counts?.[output];
    if (!record || !counts || deduplicated > counts.written)
      throw new CalveError(
        'COUNT_MISMATCH',
        `Output "${output}": the writer left out ${deduplicated} rows of ${unit}, of which it had got ${counts?.written ?? 'none'}. Nothing was committed.`,
        { recovery: 'report', context: { unit, output, deduplicated } },
      );
    // Made anew: units share what was counted of them.
    record.counts = {
      ...record.counts,
      [output]: {
        ...counts,
        written: counts.written - deduplicated,
        deduplicated: counts.deduplicated + deduplicated,
        replaced: counts.replaced + replaced,
      },
    };
  }
}

/** Rows of staged files that come from the batch; the others were in the table before. */
function newRows(staged: StagedFiles | undefined): number {
  return staged === undefined ? 0 : staged.rows - (staged.rewrite?.kept ?? 0);
}
