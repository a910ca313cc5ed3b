import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CalveError, createCalve, memoryState } from '@calve/core';
import { arena } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-arena-'));
  mkdirSync(join(folder, 'landing'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = 12_000;
const numbers = Array.from({ length: rows }, (_, row) => row);

/** Loads one file, and answers with how that ended. */
async function load(name: string, content: string, onFailure: 'reject-row' | 'fail-run' = 'reject-row'): Promise<string> {
  writeFileSync(join(folder, 'landing', name), content);
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat(), json: jsonFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'lake') }) },
    state: memoryState(),
  });
  const spec = calve
    .ingestion('numbers')
    .from('local', { path: join(folder, 'landing') })
    .detect()
    .columns({ id: { type: { kind: 'int64' }, onFailure } })
    .settle(0)
    .limits({ maxRejectedRatio: 0.5 })
    .into('lake', { table: 'tests.numbers' })
    .build();
  try {
    return (await calve.run(spec)).outcome;
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return error.code;
  }
}

describe('the arena is as it was', () => {
  const csv = (id: (row: number) => string): string =>
    `id,name,day\n${numbers.map((row) => `${id(row)},"name ""${row % 70}""",2024-02-${10 + (row % 19)}`).join('\n')}\n`;
  const last = (row: number): string => (row === rows - 1 ? 'none' : `${row}`);

  it.each<[string, () => Promise<string>, string]>([
    ['after a CSV file', () => load('numbers.csv', csv(String)), 'committed'],
    [
      'after one with rejected rows',
      () =>
        load(
          'numbers.csv',
          csv((row) => (row % 50 === 0 ? 'x' : `${row}`)),
        ),
      'committed',
    ],
    ['after one whose last value ends the run', () => load('numbers.csv', csv(last), 'fail-run'), 'VALUE_REJECTED'],
    [
      'after JSON Lines with nested values',
      () =>
        load('numbers.jsonl', numbers.map((id) => JSON.stringify({ id, of: { name: `n ${id % 9}`, tags: [id] } })).join('\n')),
      'committed',
    ],
  ])('%s', async (_, run, outcome) => {
    const before = arena()!.bytesInUse;
    expect(await run()).toBe(outcome);
    expect(arena()!.bytesInUse).toBe(before);
  });
});
