import type { ByteReader, CallContext, Diagnostic } from '@calve/core/plugin';
import type { Chunk } from './chunk-pool.ts';
import { ChunkReader } from './chunk-reader.ts';
import { readContentStart } from './content-start.ts';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { assertHeader, refusedRecord } from './csv-limits.ts';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { countLineEnds } from './line-end.ts';
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
 * @throws {CalveError} `CSV_NOT_TEXT`, `CSV_ENCODING_UNSUPPORTED`, `CSV_MIXED_LINE_ENDS`, `CSV_COLUMN_NAMES_MISMATCH`, `LIMIT_LINE`,
 *   `LIMIT_CELL`, `LIMIT_COLUMNS`, `LIMIT_HEADER`, `LIMIT_NAME`; recovery `fix-input`.
 */
export async function lookAtHead(
  content: ByteReader,
  options: CsvOptions,
  compression: 'gzip' | null,
  budgetBytes: number,
  context: CallContext,
): Promise<CsvLook | null> {
  const { limits } = context;
  const chunks = new ChunkReader(content, context, Math.max(16, Math.min(HEAD_BYTES, budgetBytes)));
  try {
    await chunks.advance(0);
    // Before anything else: whatever is found in such bytes, line ends for one, would mislead.
    refuseOtherThanText(chunks.chunk as Chunk, compression);
    const start = await readContentStart(chunks, options.skipLines, limits, (head) => detectCsvDialect(head, options).dialect);
    const lineEnd = start.lineEnd ?? 'LF';
    let position = start.position;
    let line = 1 + start.skippedLines;
    for (;;) {
      const { bytes, length } = chunks.chunk as Chunk;
      const head = { bytes, length, start: position, isFinal: chunks.isFinal, lineEnd, limits };
      const { dialect, because } = detectCsvDialect(head, options);
      const sample = sampleRecords(head, dialect, SAMPLED_TEXTS);
      if (sample.first === null) {
        const { stop, end } = sample;
        line += countLineEnds(bytes, position, end, lineEnd);
        if (stop === null && chunks.isFinal) return null;
        const isHopeless = stop?.outcome === 'more' && length - end >= chunks.longestBytes;
        if (stop && (stop.outcome === 'wide' || stop.outcome === 'long' || isHopeless)) {
          const place = { bytes, start: end, end: length, byteOffset: chunks.byteOffset, line, isComplete: false };
          throw refusedRecord(stop, { ...place, lineEnd: start.lineEnd, delimiter: dialect.delimiter }, limits);
        }
        await chunks.advance(end, stop?.outcome === 'full');
        position = 0;
        continue;
      }
      const { first } = sample;
      const named = nameColumns(sample, options);
      if (named.header) {
        const before = countLineEnds(bytes, position, first.start, lineEnd);
        const at = { line: line + before, byteOffset: chunks.byteOffset + first.start };
        // Names that the user gives instead are no part of the file.
        assertHeader(first.end - first.start, options.columns ? [] : named.names.raw, at, limits);
      }
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
