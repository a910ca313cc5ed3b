import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calveLabels, laterLabels } from './adapters.ts';
import { missingTrace, readDiskTrace, tracing } from './disk-trace.ts';

const places = { folder: '/lake', steps: '/steps.log' };

describe('a trace of system calls', () => {
  it('names what was written and not synced when a step was announced', () => {
    const trace = [
      '7 openat(AT_FDCWD</>, "/lake/data.parquet", O_WRONLY|O_CREAT|O_EXCL, 0666) = 5</lake/data.parquet>',
      '7 write(5</lake/data.parquet>, "PAR1", 4) = 4',
      '7 write(4</steps.log>, "first\\n", 6) = 6',
      '7 fsync(5</lake/data.parquet> <unfinished ...>',
      '8 write(4</steps.log>, "second\\n", 7) = 7',
      '7 <... fsync resumed>) = 0',
      '7 write(4</steps.log>, "third\\n", 6) = 6',
      '7 fsync(6</lake>) = 0',
      '7 unlink("/lake/catalog.db-journal") = 0',
      '7 write(4</steps.log>, "fourth\\n", 7) = 7',
    ].join('\n');
    expect(readDiskTrace(trace, places)).toEqual([
      { step: 'first', paths: ['/lake', '/lake/data.parquet'] },
      { step: 'second', paths: ['/lake', '/lake/data.parquet'] },
      { step: 'third', paths: ['/lake'] },
      { step: 'fourth', paths: ['/lake'] },
    ]);
  });

  it('finds nothing where all was synced, and passes over what need not be', () => {
    const trace = [
      '7 openat(AT_FDCWD</>, "/lake/calve.db-wal", O_RDWR|O_CREAT, 0644) = 5</lake/calve.db-wal>',
      '7 pwrite64(6</lake/calve.db-shm>, "x", 1, 0) = 1',
      '7 write(4</steps.log>, "first\\n", 6) = 6',
      '7 pwrite64(5</lake/calve.db-wal>, "x", 1, 0) = 1',
      '7 fdatasync(5</lake/calve.db-wal>) = 0',
      '7 fsync(8</lake>) = 0',
      '7 mkdir("/lake/there", 0777) = -1 EEXIST (File exists)',
      '7 write(4</steps.log>, "second\\n", 7) = 7',
    ].join('\n');
    expect(readDiskTrace(trace, places).flatMap(({ paths }) => paths)).toEqual([]);
  });
});

const missing = missingTrace();
if (missing !== null) process.stderr.write(`Left out: the order in which Calve makes changes durable, because ${missing}.\n`);

describe.runIf(missing === null)('Calve on a disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-durable-'));
    for (const name of ['landing', 'lake']) await mkdir(join(folder, name));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function announcedSteps(file: number): Promise<{ step: string; paths: string[] }[]> {
    const lines = ['id,ordered_at,note', `${file},2026-03-01T10:00:00,good`, `${file},2026-03-02T10:00:00,one,two`];
    await writeFile(join(folder, 'landing', `orders-${file}.csv`), `${lines.join('\n')}\n`);
    const script = join(import.meta.dirname, '..', 'crash', 'ingest-once.ts');
    const [steps, trace] = [join(folder, 'steps.log'), join(folder, 'trace')];
    const command = [process.execPath, '--conditions=calve-source', script, '--folder', folder, '--steps-to', steps];
    const [program = '', ...parameters] = [...tracing(trace), ...command];
    const { status, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return readDiskTrace(await readFile(trace, 'utf8'), { folder: join(folder, 'lake'), steps });
  }

  it('has made state, catalog and files durable whenever it announces the next step, in a first run and in later ones', async () => {
    for (const file of [1, 2, 3]) {
      const announced = await announcedSteps(file);
      const expected = file === 3 ? calveLabels : calveLabels.filter((label) => !laterLabels.includes(label));
      expect(new Set(announced.map(({ step }) => step))).toEqual(new Set(expected));
      expect(announced.filter(({ paths }) => paths.length > 0)).toEqual([]);
    }
  });
});
