// Calve as a program would embed it. Run from the built packages, as users get them.
import { linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import type { Job } from './job.ts';

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;

// Only the format of the job is loaded, as in a program that reads one kind of files.
const formats =
  job.format === 'csv'
    ? { csv: (await import('@calve/format-csv')).csvFormat() }
    : { json: (await import('@calve/format-json')).jsonFormat() };

const calve = createCalve({
  sources: { local: localSource() },
  formats,
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(job.lake, 'catalog.db')), warehouse: join(job.lake, 'warehouse') }) },
  state: sqliteState(join(job.lake, 'calve.db')),
  workers: job.threads > 1 ? job.threads : 0,
});

/** Types are given, as they are to the others, and no columns are added, so that the tables are the same. */
function specOf(id: string, path: string, merges: boolean) {
  const columns = Object.fromEntries(job.columns.map(({ name, type }) => [name, { type }]));
  const read = calve.ingestion(id).from('local', { path });
  const typed = job.format === 'csv' ? read.as('csv', { header: true }) : read.as('json');
  return typed
    .columns(columns)
    .settle(0)
    .into(
      'lake',
      { table: job.table },
      merges ? { mode: 'merge', keys: [job.key], newest: [job.newest], provenance: [] } : { provenance: [] },
    )
    .build();
}

/** Files arrive one after the other, each is loaded when it is there: as in a service that is never restarted. */
async function commitEach(): Promise<number[]> {
  const arrived = join(job.lake, 'arrived');
  mkdirSync(arrived, { recursive: true });
  const spec = specOf('commits', arrived, false);
  const seconds: number[] = [];
  for (const name of readdirSync(job.landing).sort()) {
    const before = process.cpuUsage();
    linkSync(join(job.landing, name), join(arrived, name));
    await calve.run(spec);
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  return seconds;
}

let commits: number[] = [];
if (job.task === 'commits') commits = await commitEach();
else await calve.run(job.task === 'merge' ? specOf('merge', job.changes ?? '', true) : specOf('append', job.landing, false));
await calve.close();
process.stdout.write(`${JSON.stringify({ commits })}\n`);
