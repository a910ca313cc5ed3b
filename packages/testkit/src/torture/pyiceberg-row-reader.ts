import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CalveError } from '@calve/core';
import type { RowReader } from './row-reader.ts';
import type { TortureTable } from './torture-adapter.ts';

// One JSON line in, one out. A rejected record is stored as its bytes: the id is the number that they begin with.
const PROGRAM = `
import glob, json, os, re, sys
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import StaticTable

def table_of(source):
    if source["kind"] == "catalog":
        properties = dict(source["properties"])
        try:
            return load_catalog(properties.pop("name", "calve"), **properties).load_table(source["table"])
        except NoSuchTableError:
            return None
    found = sorted(glob.glob(os.path.join(source["folder"], "metadata", "*.metadata.json")))
    return StaticTable.from_metadata(found[-1]) if found else None

def ids_of(source):
    table = table_of(source)
    if table is None:
        return []
    values = table.scan(selected_fields=(source["column"],)).to_arrow().column(0).to_pylist()
    texts = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values)
    return [int(re.search(r"\\d+", text).group()) for text in texts]

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
for line in sys.stdin:
    try:
        answer = {"ids": [number for source in json.loads(line) for number in ids_of(source)]}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    answers.write(json.dumps(answer) + "\\n")
    answers.flush()
`;

const KEPT_CHARACTERS = 4_000;

/**
 * PyIceberg in one long-lived process, which starts in about a second.
 *
 * @param python A Python that has `pyiceberg[pyarrow,sql-sqlite]`.
 * @throws {CalveError} its calls: `INTERNAL` with what PyIceberg said, where a table cannot be read or the process has ended.
 */
export function pyIcebergRowReader(python: string): RowReader {
  const child = spawn(python, ['-u', '-c', PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
  const answers: { resolve(ids: number[]): void; reject(error: CalveError): void }[] = [];
  let said = '';
  let ended: CalveError | null = null;
  const end = (reason: string): void => {
    ended ??= new CalveError('INTERNAL', `The reader ${python} ${reason}. What it said last: ${said || 'nothing'}`);
    for (const { reject } of answers.splice(0)) reject(ended);
  };
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-KEPT_CHARACTERS);
  });
  // Writing to a reader that has died fails here; `end` tells the callers why.
  child.stdin.on('error', () => {});
  child.on('error', (error) => end(`cannot be started: ${error.message}`));
  child.on('close', (code, signal) => end(`ended with ${signal ?? code}`));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { ids, error } = JSON.parse(line) as { ids?: number[]; error?: string };
    const answer = answers.shift();
    if (ids) answer?.resolve(ids);
    else answer?.reject(new CalveError('INTERNAL', `PyIceberg cannot read the tables: ${error}`));
  });
  return {
    ids(tables: readonly TortureTable[]): Promise<number[]> {
      if (ended) return Promise.reject(ended);
      const answer = new Promise<number[]>((resolve, reject) => answers.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify(tables)}\n`);
      return answer;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (ended) return;
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}
