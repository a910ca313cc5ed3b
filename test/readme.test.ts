import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..');
const example = join(repository, 'examples', '01-csv-to-iceberg-local');
const marker = 'RESULT ';

interface Result {
  rows: Record<string, unknown>[];
  rejected: Record<string, unknown>[];
}

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'calve-readme-'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  symlinkSync(join(example, 'node_modules'), join(project, 'node_modules'));
  mkdirSync(join(project, 'landing'));
  writeFileSync(join(project, 'landing', 'orders-1.csv'), csv(1, 120));
  writeFileSync(join(project, 'landing', 'orders-2.csv.gz'), gzipSync(csv(121, 200).replace('150.25', 'many')));
  writeFileSync(join(project, 'landing', 'notes.txt'), 'not an order');
  // The example as it stands in the README, and after it, in the same scope, a look at the tables.
  const look = `
console.log(${JSON.stringify(marker)} + JSON.stringify({
  rows: (await calve.head(orders, { rows: 1000 })).rows,
  rejected: (await calve.rejects(orders, { rows: 1000 })).rows,
}));`;
  writeFileSync(join(project, 'readme.ts'), snippet() + look);
});

afterAll(() => rmSync(project, { recursive: true }));

it('gives the table that the README promises', () => {
  const { rows, rejected } = runExample();
  expect(rows).toHaveLength(199);
  const first = rows.find((row) => row['order_id'] === '1');
  expect(first).toMatchObject({ order_id: '1', customer: 'Ada 1', amount: '1.25' });
  expect(rejected).toHaveLength(1);
  expect(rejected[0]).toMatchObject({ line: '31' });
  expect(String(rejected[0]?.['_source_file'])).toContain('orders-2.csv.gz');
});

it('loads nothing twice', () => {
  expect(runExample().rows).toHaveLength(199);
});

/** The one block of TypeScript in the README. */
function snippet(): string {
  const blocks = [...readFileSync(join(repository, 'README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)];
  expect(blocks).toHaveLength(1);
  return blocks[0]?.[1] ?? '';
}

function csv(first: number, last: number): string {
  let text = 'order_id,ordered_at,customer,amount\n';
  for (let id = first; id <= last; id++) text += `${id},2026-03-0${(id % 9) + 1} 10:00:00,Ada ${id},${id}.25\n`;
  return text;
}

function runExample(): Result {
  const result = spawnSync(process.execPath, ['--conditions=calve-source', 'readme.ts'], { cwd: project, encoding: 'utf8' });
  const line = result.stdout.split('\n').find((text) => text.startsWith(marker));
  if (line === undefined) throw new Error(`The example ended with ${result.status}.\n${result.stdout}\n${result.stderr}`);
  return JSON.parse(line.slice(marker.length)) as Result;
}
