import type { CallContext, Json, OutputFile, SinkSession, StagedFiles, TableWriter, WriterPorts } from '@calve/core/plugin';
import { batchRows } from '@calve/testkit';

/** What the writer of the sink is told, as far as lines need it. */
interface WriterFacts {
  dataLocation: string;
  filePrefix: string;
  partition: unknown[];
  specId: number;
}

const DAY_MILLISECONDS = 86_400_000;

/**
 * The session of the shipped sink with the writer of its data files replaced: one line for each row, its id and where it came from, in one file.
 * Everything else is the sink's own. Parquet takes most of the time of a history and knows nothing of commits.
 */
export function withPlainFiles(session: SinkSession): SinkSession {
  return new Proxy(session, {
    get(target, name) {
      if (name === 'writer')
        return (...parameters: Parameters<SinkSession['writer']>) => {
          const { module, exportName, config } = target.writer(...parameters);
          return {
            module,
            exportName,
            config,
            create: async (context: CallContext, ports: WriterPorts) =>
              plainWriter(factsOf(config as unknown as WriterFacts | { writer: WriterFacts }), context, ports),
          };
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A writer that may also take rows away is told the same one level deeper; no history replaces any. */
function factsOf(config: WriterFacts | { writer: WriterFacts }): WriterFacts {
  return 'writer' in config ? config.writer : config;
}

function plainWriter(facts: WriterFacts, context: CallContext, ports: WriterPorts): TableWriter {
  const path = `${facts.dataLocation}/${facts.filePrefix}-0.rows`;
  const day = Math.floor(context.environment.now() / DAY_MILLISECONDS);
  let output: OutputFile | null = null;
  let rows = 0;
  let sizeBytes = 0;
  return {
    async write(batch) {
      if (batch.rows === 0) return;
      output ??= await ports.openOutput(path);
      const lines = batchRows(batch).map(lineOf);
      const text = new TextEncoder().encode(`${lines.join('\n')}\n`);
      await output.write(text);
      rows += lines.length;
      sizeBytes += text.length;
    },
    async finish(): Promise<StagedFiles> {
      if (!output) return { files: [], rows: 0 };
      await output.finish();
      return { files: [plainFile(path, sizeBytes, rows, facts.specId, facts.partition.length > 0 ? [day] : [])], rows };
    },
    async abort() {
      await output?.abort();
    },
  };
}

/** How the sink describes a data file, without statistics. */
export function plainFile(
  path: string,
  sizeBytes: number,
  rows: number,
  specId: number,
  partition: number[],
): Record<string, Json> {
  const none = {};
  return {
    path,
    sizeBytes,
    rows,
    specId,
    partition,
    columnSizes: none,
    valueCounts: none,
    nullCounts: none,
    nanCounts: none,
    lowerBounds: none,
    upperBounds: none,
    splitOffsets: [],
  };
}

/** A row as a line: its id, and the file and version that it names. */
export function lineOf(row: Record<string, unknown>): string {
  return [idOf(row), String(row['_source_file'] ?? ''), String(row['_source_version'] ?? '')].join('\t');
}

/** The id of a row: its own column, or in the bytes of a rejected record. */
function idOf(row: Record<string, unknown>): string {
  if (typeof row['row'] === 'string') return row['row'];
  const raw = row['raw'];
  const text = raw instanceof Uint8Array ? new TextDecoder().decode(raw) : Buffer.from(String(raw), 'base64').toString();
  return text.split(',')[0] ?? '';
}
