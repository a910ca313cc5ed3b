import type { Json, SinkSession } from '@calve/core/plugin';
import { rowsBatch } from '@calve/testkit';

const ORIGIN = ['_source_file', '_source_version'].map((name) => ({ name, type: { kind: 'string' as const }, required: false }));

/** The id of a row that is written as a line. */
export function idOfLine(line: string): string {
  return line.split('\t')[0] ?? '';
}

/**
 * The session of the shipped sink with the reader of its data files replaced: it gives the file and version that each row names, which is all that
 * operations on a ledger read. Rows of other writers name none.
 *
 * @param read The rows of a table, each as a line, file by file.
 */
export function withOriginReader(session: SinkSession, read: (target: Json) => AsyncIterable<readonly string[]>): SinkSession {
  return new Proxy(session, {
    get(target, name) {
      if (name === 'read') return (options: Json) => batches(read(options));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function* batches(files: AsyncIterable<readonly string[]>) {
  for await (const lines of files) {
    const rows = lines.map((line) => {
      const [, file = '', version = ''] = line.split('\t');
      return { _source_file: file || null, _source_version: version || null };
    });
    if (rows.length > 0) yield rowsBatch(ORIGIN, rows);
  }
}
