import type { ReaderPlan } from './reader-plan.ts';

/** Encodings that the CSV reader of every Spark takes: https://github.com/apache/spark/blob/v4.0.0/docs/sql-migration-guide.md */
const SPARK_ENCODINGS = ['utf-8', 'us-ascii', 'iso-8859-1', 'utf-16', 'utf-16le', 'utf-16be', 'utf-32'];

/**
 * Why Spark cannot read what this plan says, so that code generation refuses it and names the reason; a whole sentence. `null`: both engines can.
 * Pure.
 */
export function inProcessOnly(plan: ReaderPlan): string | null {
  if (plan.kind === 'opaque') return `Only a plugin reads the format "${plan.format}": Spark has no reader for it.`;
  if (plan.kind === 'json' && plan.framing === 'values') {
    return "JSON values follow one another over any number of lines: Spark's JSON reader knows one value per line and one per file.";
  }
  if (plan.kind === 'json' && plan.isPartial) {
    return 'Only the head of the file was looked at: Spark would leave out, without a word, members that come later.';
  }
  if (plan.kind !== 'delimited') return null;
  if (plan.isPartial) {
    return 'The file was planned like others with the same header: Spark would not tell what makes it another one.';
  }
  const { skipLines, skipFooterLines, encoding, delimiter, quote } = plan;
  if (skipFooterLines > 0) {
    return `${lines(skipFooterLines)} at the end of the file ${skipFooterLines === 1 ? 'is' : 'are'} no data: Spark's CSV reader cannot leave out the last lines.`;
  }
  if (skipLines > 0) {
    return `${lines(skipLines)} before the header ${skipLines === 1 ? 'is' : 'are'} no data: Spark's CSV reader cannot leave out the first lines.`;
  }
  if (delimiter.length > 1 && quote !== null) {
    return `The delimiter ${JSON.stringify(delimiter)} has several characters: Spark's parser ends a quoted cell whose text begins with one.`;
  }
  if (!SPARK_ENCODINGS.includes(encoding)) {
    return `The encoding is ${encoding}: from version 4 on Spark reads only ${SPARK_ENCODINGS.join(', ')}, unless spark.sql.legacy.javaCharsets is set.`;
  }
  return null;
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}
