import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve, memoryState } from '@calve/core';
import type { ListPage, ObjectSession } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { memorySink, testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCi } from '../../../test/readers/require-tier.ts';
import { httpSource } from '../src/index.ts';

/** False, and said aloud, when there is no python3; a failing test where `CI` is set. */
function requirePython(): boolean {
  const { status, error } = spawnSync('python3', ['--version']);
  if (status === 0) return true;
  const sentence = `python3, whose web server this test reads, does not run: ${error?.message ?? `status ${status}`}.`;
  if (isCi()) {
    it('needs python3', () => {
      throw new Error(sentence);
    });
  } else process.stderr.write(`${sentence}\n`);
  return false;
}

describe.runIf(requirePython())('python3 -m http.server', () => {
  let folder: string;
  let url: string;
  let server: ChildProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calve-python-'));
    server = spawn('python3', ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1', '--directory', folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    url = await new Promise<string>((resolve, reject) => {
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`python3 ended with ${code}`)));
      server.stdout?.on('data', (text: Buffer) => {
        const port = /port (\d+)/.exec(String(text))?.[1];
        if (port !== undefined) resolve(`http://127.0.0.1:${port}/`);
      });
    });
  });
  afterEach(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });

  /** An old file, of which nobody thinks that it may still be written. */
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    return path;
  };

  it('loads what is new into a table, and only that', async () => {
    mkdirSync(join(folder, 'märz & april'));
    write('märz & april/orders #1.csv', 'id,amount\n1,9.90\n2,many\n');
    write('orders 100%.csv', 'id,amount\n3,1.10\n');
    write('notes.txt', 'not an order');
    const sink = memorySink();
    await using calve = createCalve({
      sources: { web: httpSource() },
      formats: { csv: csvFormat() },
      sinks: { memory: sink },
      state: memoryState(),
    });
    const orders = calve
      .ingestion('orders')
      .from('web', { url, pattern: '**/*.csv' })
      .as('csv', { header: true })
      .columns({ amount: { type: { kind: 'decimal', precision: 12, scale: 2 } } })
      .into('memory', { table: 'orders' })
      .limits({ maxRejectedRatio: 0.5 })
      .build();
    const first = await calve.run(orders);
    expect(first).toMatchObject({ outcome: 'committed', counts: { main: { read: 3, written: 2, rejected: 1 } } });
    expect(new Set(sink.rows('orders').map((row) => row['_source_file']))).toEqual(
      new Set([`${url}m%C3%A4rz%20%26%20april/orders%20%231.csv`, `${url}orders%20100%25.csv`]),
    );
    expect(await calve.run(orders)).toMatchObject({ outcome: 'nothing-new' });
    write('orders-2.csv', 'id,amount\n4,2.20\n');
    expect(await calve.run(orders)).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
  });

  it('reads at any offset although the server sends whole files, and notices a file that grows', async () => {
    const content = Uint8Array.from({ length: 5_000_000 }, (_, index) => index % 251);
    const path = write('large.bin', content);
    const context = testContext();
    const session = (await httpSource().connect({ url, pattern: '**' }, context)) as ObjectSession;
    const pages: ListPage[] = [];
    for await (const page of session.list({ signal: context.signal })) pages.push(page);
    const unit = pages[0]!.units[0]!;
    const reader = await session.open(unit, context);
    for (const offset of [0, 4_999_990, 70_000, 2_500_000]) {
      const target = new Uint8Array(1000);
      const bytes = await reader.read(target, offset);
      expect(Buffer.compare(target.subarray(0, bytes), content.subarray(offset, offset + 1000))).toBe(0);
      expect(bytes).toBe(Math.min(1000, content.length - offset));
    }
    appendFileSync(path, 'more');
    await expect(reader.verify()).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    await expect(Promise.resolve(reader.read(new Uint8Array(10), 0))).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    await reader.close();
    await session.close();
  });
});
