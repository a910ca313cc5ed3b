import type { CallContext, Diagnostic } from '@calve/core/plugin';
import type { Chunk } from './chunk.ts';
import { ChunkReader } from './chunk-reader.ts';
import { readContentStart } from './content-start.ts';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { assertHeader, refusedRecord } from './csv-limits.ts';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { dialectOfBeginning } from './dialect-of-beginning.ts';
import { dialectFindings, findDialect } from './find-dialect.ts';
import { countLineEnds } from './line-end.ts';
import { nameColumns } from './name-columns.ts';
import type { TextContent, TextLayers } from './open-text.ts';

/** What the first records of a file tell. */
export interface CsvLook {
  facts: CsvFacts;
  findings: Diagnostic[];
}

/** As much as is looked at, unless the first record is longer. */
export const HEAD_BYTES: number = 256 * 1024;

/**
 * Finds dialect, header and column names of text.
 *
 * @param layers What stands between the stored bytes and the text.
 * @param headBytes As much as is looked at first.
 * @returns `null` when there is no record at all.
 * @throws {CalveError} `CSV_MIXED_LINE_ENDS`, `CSV_COLUMN_NAMES_MISMATCH`, `LIMIT_LINE`, `LIMIT_CELL`, `LIMIT_COLUMNS`, `LIMIT_HEADER`,
 *   `LIMIT_NAME`; recovery `fix-input`.
 */
export async function lookAtHead(
  text: TextContent,
  options: CsvOptions,
  layers: TextLayers,
  headBytes: number,
  context: CallContext,
): Promise<CsvLook | null> {
  const { limits } = context;
  const chunks = new ChunkReader(text, context, headBytes);
  try {
    const { skipLines = 0 } = options;
    const start = await readContentStart(chunks, skipLines, limits, (head) => detectCsvDialect(head, options).dialect);
    const lineEnd = start.lineEnd ?? 'LF';
    let position = start.position;
    let line = 1 + start.skippedLines;
    for (let isFirst = true; ; isFirst = false) {
      const { bytes, length } = chunks.chunk as Chunk;
      const head = { bytes, length, start: position, isFinal: chunks.isFinal, lineEnd, limits };
      const found = (isFirst ? dialectOfBeginning(head, options) : null) ?? findDialect(head, options, isFirst);
      const { dialect, because, sample, preamble } = found;
      if (sample.first === null) {
        const { stop, end } = sample;
        line += countLineEnds(bytes, position, end, lineEnd);
        if (stop === null && chunks.isFinal) return null;
        const isHopeless = stop?.outcome === 'more' && length - end >= chunks.longestBytes;
        if (stop && (stop.outcome === 'wide' || stop.outcome === 'long' || isHopeless)) {
          const offsetOf = (at: number): number => chunks.offsetOf(at);
          const place = { bytes, start: end, end: length, offsetOf, line, isComplete: false };
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
        const at = { line: line + before, byteOffset: chunks.offsetOf(first.start) };
        // Names that the user gives instead are no part of the file.
        assertHeader(first.end - first.start, options.columns ? [] : named.names.raw, at, limits);
      }
      if (named.because) because.push(named.because);
      const { header, names } = named;
      return {
        facts: { dialect, skipLines: skipLines + (preamble?.lines ?? 0), header, names, ...layers, lineEnd: start.lineEnd },
        findings: [...because.map(reason), ...dialectFindings(found), ...named.findings],
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
