import type { Batch, Program } from '@calve/core/plugin';
import { printJob } from './python/print-job.ts';
import { printReader } from './reader/print-reader.ts';
import type { SparkReader } from './reader/spark-reader.ts';
import { Refusals } from './refusal.ts';
import { sparkBatch } from './spark-batch.ts';
import { type RowNames, typedSelect } from './sql/typed-select.ts';
import { targetTable } from './target-table.ts';

/** One printed file. */
export interface PrintedFile {
  /** Relative, with `/`. */
  name: string;
  /** Lines end with LF, the last one too. */
  text: string;
}

/** A program for another engine. */
export interface PrintedProgram {
  /** `job.py`, `typed.sql`; with a batch `batch.json`. */
  files: PrintedFile[];
}

/**
 * Prints an ingestion as one PySpark program for Spark 4.0 with Iceberg 1.11, which loads the same rows as the in-process engine and leaves
 * evidence that the other one understands. Pure: the same program gives the same text.
 *
 * @param program Of a plan: `plan.program`.
 * @param batch Of the same plan: which files to load. Without it only the program is printed, which stays the same from night to night.
 * @throws {CalveError} `SPARK_UNSUPPORTED` (fix-input): something cannot be made equal. `diagnostics` has every reason, with codes
 * `SPARK_READER_UNSUPPORTED`, `SPARK_RULE_UNSUPPORTED`, `SPARK_OUTPUT_UNSUPPORTED`, `SPARK_FILE_UNSUPPORTED`, `SPARK_TEXT_UNSUPPORTED`.
 */
export function printPySpark(program: Program, batch?: Batch): PrintedProgram {
  const refusals = new Refusals();
  const table = targetTable(program, refusals);
  const names = rowNames(table?.output.fields.map(({ name }) => name) ?? []);
  const readers = new Map<string, SparkReader>();
  const selects = new Map<string, string>();
  for (const { id, plan } of program.readers) {
    const reader = refusals.attempt(`Reader ${id}`, () => printReader(id, plan, refusals), null);
    const projection = table?.output.projections[id];
    if (reader === null || projection === undefined) continue;
    readers.set(id, reader);
    selects.set(id, typedSelect(id, reader, projection, names, refusals));
  }
  if (program.readers.length === 0)
    refusals.add('SPARK_READER_UNSUPPORTED', 'The plan has no files, so there is nothing to print.');
  const units = batch && sparkBatch(program, batch, readers, refusals);
  refusals.throwIfAny(program.ingestion);
  if (table === null) return { files: [] };
  return {
    files: [
      { name: 'job.py', text: printJob({ program, table, names, readers, selects }) },
      { name: 'typed.sql', text: `${[...selects.values()].join('\nUNION ALL\n')}\n` },
      ...(units === undefined ? [] : [{ name: 'batch.json', text: `${JSON.stringify(units, null, 2)}\n` }]),
    ],
  };
}

function rowNames(taken: readonly string[]): RowNames {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  const free = (name: string): string => (lower.has(name) ? free(`_${name}`) : name);
  return { errors: free('_errors'), changed: free('_changed') };
}
