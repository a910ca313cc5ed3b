import { CalveError } from '@calve/core/plugin';
import { sparkName } from '../catalog/spark-name.ts';

/** How many delete files a table has, by how they say which rows are gone. */
export interface DeleteFiles {
  /** By file and place in it: what Spark writes. */
  position: number;
  /** By values: what Flink writes. */
  equality: number;
}

/**
 * The error for a table with delete files, with the calls of Spark that apply them. Measured on Iceberg 1.11 in Spark 4.0: position deletes that apply
 * to nothing any more stay behind a compaction until they are rewritten themselves; equality deletes go with a commit after one in which every file has
 * got a new sequence number.
 *
 * @param names Of the table, from the name of its catalog in Spark down.
 */
export function refusedForDeletes(names: readonly string[], { position, equality }: DeleteFiles): CalveError {
  const everything = rewriteDataFiles(names, [
    ...['rewrite-all', 'true', 'use-starting-sequence-number', 'false'],
    ...['remove-dangling-deletes', 'true'],
  ]);
  const calls =
    equality > 0
      ? [everything, everything]
      : [
          rewriteDataFiles(names, ['delete-file-threshold', '1']),
          call(names, 'rewrite_position_delete_files', ['rewrite-all', 'true']),
        ];
  const files = position + equality === 1 ? '1 delete file' : `${position + equality} delete files`;
  return refused('ICEBERG_DELETE_FILES_UNSUPPORTED', names, `has ${files} (rows that another engine deleted)`, calls);
}

/** The error for a table with data files that are no Parquet. */
export function refusedForFormat(names: readonly string[], format: string): CalveError {
  return refused('ICEBERG_FILE_FORMAT_UNSUPPORTED', names, `has data files in the format ${format}`, [
    `ALTER TABLE ${sparkName(names)} SET TBLPROPERTIES ('write.format.default' = 'parquet')`,
    rewriteDataFiles(names, ['rewrite-all', 'true']),
  ]);
}

/** The error for partitions of which older files have another partitioning. @param path One of them. */
export function refusedForPartitioning(names: readonly string[], path: string): CalveError {
  const what = `has files that were written with an earlier partitioning (${path}) and may hold rows of the partitions that are replaced`;
  return refused('ICEBERG_PARTITIONING_MIXED', names, what, [rewriteDataFiles(names, ['rewrite-all', 'true'])]);
}

function refused(code: string, names: readonly string[], what: string, statements: readonly string[]): CalveError {
  const table = names.slice(1).join('.');
  return new CalveError(
    code,
    `${table} ${what}, which this version cannot rewrite; nothing was changed. Run this in Spark: ${statements.join('; ')}. ` +
      'Then run the ingestion again. Appending works without that.',
    {
      recovery: { kind: 'decide', choices: ['compact the table with Spark', 'append instead'] },
      context: { table, statements: [...statements] },
    },
  );
}

function rewriteDataFiles(names: readonly string[], options: readonly string[]): string {
  return call(names, 'rewrite_data_files', options);
}

/** @param options Names and values in turn. */
function call([catalog = '', ...table]: readonly string[], procedure: string, options: readonly string[]): string {
  const map = options.map(sparkText).join(', ');
  return `CALL ${sparkName([catalog])}.system.${procedure}(table => ${sparkText(sparkName(table))}, options => map(${map}))`;
}

function sparkText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
