import type { ByteReader, CallContext, Diagnostic } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { Chunk } from './chunk-pool.ts';
import { ChunkReader } from './chunk-reader.ts';
import { readContentStart } from './content-start.ts';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { MAX_RECORD_BYTES } from './decode-records.ts';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { nameColumns } from './name-columns.ts';
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
 * @throws {CalveError} `CSV_ENCODING_UNSUPPORTED`, `CSV_COLUMN_NAMES_MISMATCH`, recovery `fix-input`.
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
    const start = await readContentStart(chunks, options.skipLines);
    refuseUtf16(chunks.chunk as Chunk);
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

function refuseUtf16({ bytes, length }: Chunk): void {
  const mark = length < 2 ? 0 : ((bytes[0] as number) << 8) | (bytes[1] as number);
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  throw new CalveError(
    'CSV_ENCODING_UNSUPPORTED',
    'The file begins with the byte order mark of UTF-16. Only UTF-8 can be read so far: save it as UTF-8, for instance with "iconv -f UTF-16 -t UTF-8".',
    { recovery: 'fix-input', context: { encoding: 'utf-16' } },
  );
}
