// A process of its own: the writer that one writes first. It appends each file to the table in a commit of its own and notes it in a list of done
// files; the next start loads what is not in the list. The tables are those of Calve, its journal is not used: each file is a new ingestion to it.
// `--order note-first` notes before it commits. It kills itself at a named step when it is told to.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCalve, memoryState } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    order: { type: 'string', default: 'commit-first' },
    'kill-at': { type: 'string' },
    'steps-to': { type: 'string' },
  },
});
const landing = join(values.folder, 'landing');
const lake = join(values.folder, 'lake');
const list = join(values.folder, 'state', 'done.txt');

function step(label: string): void {
  if (values['steps-to']) appendFileSync(values['steps-to'], `${label}\n`);
  if (label === values['kill-at']) process.kill(process.pid, 'SIGKILL');
}

async function commit(file: string): Promise<void> {
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: memoryState(),
  });
  const spec = calve
    .ingestion(`naive-${process.pid}-${Date.now()}`)
    .from('local', { path: landing, pattern: file })
    .as('csv', { header: true })
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();
  await calve.run(spec);
}

const note = (file: string): void => appendFileSync(list, `${file}\n`);
const done = new Set(existsSync(list) ? readFileSync(list, 'utf8').split('\n') : []);
const waiting = readdirSync(landing)
  .filter((file) => !done.has(file))
  .sort();
for (const file of waiting) {
  step('naive.file');
  if (values.order === 'note-first') {
    note(file);
    step('naive.noted');
    await commit(file);
    step('naive.committed');
  } else {
    await commit(file);
    step('naive.committed');
    note(file);
    step('naive.noted');
  }
}
