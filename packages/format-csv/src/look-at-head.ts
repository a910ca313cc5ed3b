import type { ByteReader, CallContext, Diagnostic } from '@calve/core/plugin';
import type { Chunk } from './chunk-pool.ts';
import { ChunkReader } from './chunk-reader.ts';
import { readContentStart } from './content-start.ts';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { MAX_RECORD_BYTES } from './decode-records.ts';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { nameColumns } from './name-columns.ts';
import { refuseOtherThanText } from './refuse-other-than-text.ts';
import { sampleRecords } from './sample-records.ts';

/** What the first records of a file tell. */
export interface CsvLook {
  facts: CsvFacts;
  findings: Diagnostic[];
}

const HEAD_BYTES = 256 * 1024;
const SAMPLED_TEXTS = 200;

/**
 * Finds dialect, header and column names of decompressed content.
 *
 * @returns `null` when there is no record at all.
 * @throws {CalveError} `CSV_NOT_TEXT`, `CSV_ENCODING_UNSUPPORTED`, `CSV_MIXED_LINE_ENDS`, `CSV_COLUMN_NAMES_MISMATCH`, recovery `fix-input`.
 */
export async function lookAtHead(
  content: ByteReader,
  options: CsvOptions,
  compression: 'gzip' | null,
  budgetBytes: number,
  context: CallContext,
): Promise<CsvLook | null> {
  const chunks = new ChunkReader(content, context, Math.max(16, Math.min(HEAD_BYTES, budgetBytes)));
  try {
    await chunks.advance(0);
    // Before anything else: whatever is found in such bytes, line ends for one, would mislead.
    refuseOtherThanText(chunks.chunk as Chunk, compression);
    const start = await readContentStart(chunks, options.skipLines, (head) => detectCsvDialect(head, options).dialect);
    let position = start.position;
    for (;;) {
      const { bytes, length } = chunks.chunk as Chunk;
      const head = { bytes, length, start: position, isFinal: chunks.isFinal, lineEnd: start.lineEnd ?? ('LF' as const) };
      const { dialect, because } = detectCsvDialect(head, options);
      const sample = sampleRecords(head, dialect, SAMPLED_TEXTS);
      if (sample.needsMore && length - position < MAX_RECORD_BYTES) {
        await chunks.advance(position, chunks.isFinal);
        position = 0;
        continue;
      }
      if (sample.widths.length === 0 && chunks.isFinal) return null;
      const named = nameColumns(sample, options);
      if (named.because) because.push(named.because);
      const { header, names } = named;
      const { skipLines } = options;
      return {
        facts: { dialect, skipLines, header, names, compression, lineEnd: start.lineEnd },
        findings: [...because.map(reason), ...named.findings],
      };
    }
  } finally {
    chunks.release();
  }
}

function reason(because: string): Diagnostic {
  const message = `${because.charAt(0).toUpperCase()}${because.slice(1)}.`;
  return { code: 'CSV_DIALECT', severity: 'info', message, at: { unit: '' } };
}
