import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IcebergSink } from '../src/index.ts';
import { icebergSink, sqliteCatalog } from '../src/index.ts';

/** A lake in a folder of its own, deleted by `stop`. */
export async function temporaryLake(): Promise<{ folder: string; sink: IcebergSink; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-lake-'));
  const sink = icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') });
  return { folder, sink, stop: () => rm(folder, { recursive: true }) };
}
