import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What the program beside this file prints. */
interface Loaded {
  hasWebAssembly: boolean;
  degraded: string[];
  counts: unknown[];
  files: string[];
}

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calve-rungs-'));
  // Without WebAssembly Node cannot take the types out of a file, so that this is done before.
  await build({
    entryPoints: [join(import.meta.dirname, 'load-files.ts')],
    outdir: join(folder, 'program'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['calve-source'],
    logLevel: 'silent',
  });
  const landing = join(folder, 'landing');
  mkdirSync(landing);
  writeFileSync(join(landing, 'orders.csv'), csvText(4_000));
  writeFileSync(join(landing, 'orders.jsonl'), jsonText(2_000));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(name: string, flags: readonly string[]): Loaded {
  const lake = join(folder, name);
  mkdirSync(lake);
  const program = join(folder, 'program', 'load-files.mjs');
  const printed = execFileSync(process.execPath, [...flags, program, join(folder, 'landing'), lake], { encoding: 'utf8' });
  return JSON.parse(printed) as Loaded;
}

describe('a run without WebAssembly', () => {
  let compiled: Loaded | undefined;

  it.each([
    ['where no code may be made', '--jitless'],
    ['where the host took it away', '--import=data:text/javascript,delete globalThis.WebAssembly'],
  ])('%s says so once, and writes the same files, byte by byte', (_, flag) => {
    compiled ??= load('compiled', []);
    const plain = load(`plain${flag.slice(0, 9)}`, [flag]);
    expect(compiled.hasWebAssembly).toBe(true);
    expect(compiled.degraded).toEqual([]);
    expect(plain.hasWebAssembly).toBe(false);
    expect(plain.degraded).toEqual(['WebAssembly > JavaScript', 'WebAssembly > JavaScript']);
    expect(compiled.files.length).toBeGreaterThan(1);
    expect({ counts: plain.counts, files: plain.files }).toEqual({ counts: compiled.counts, files: compiled.files });
  });
});

/** Every type that a compiled kernel reads, with nulls, quotes, cells that no kernel takes, and a few rows that are rejected. */
function csvText(rows: number): string {
  const lines = ['id,at,day,amount,weight,size,gift,city,note'];
  for (let row = 0; row < rows; row++) {
    const day = new Date(Date.UTC(2024, 0, 1 + (row % 700))).toISOString();
    const size = row % 997 === 5 ? 'many' : row % 11 === 0 ? '' : String((row * 7_919) % 100_000);
    const note = row % 5 === 0 ? `"said ""${row}"", twice"` : row % 3 === 0 ? '' : `plain ${row} \u00fc`;
    lines.push(
      [
        `${123_456_789_012 + row}${row % 7}`,
        `${day.slice(0, 19)}.${String(row % 1_000).padStart(3, '0')}Z`,
        day.slice(0, 10),
        row % 13 === 0 ? '' : `${row % 2 === 0 ? '-' : ''}${row * 17}.${String(row % 100).padStart(2, '0')}`,
        `${Math.sin(row) * 1_000}`,
        size,
        row % 2 === 0 ? 'true' : 'FALSE',
        `City ${row % 40}`,
        note,
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

function jsonText(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({
      id: row,
      customer: { name: `Name ${row % 90} \u20ac`, zip: row % 6 === 0 ? null : `${row}` },
      tags: Array.from({ length: row % 4 }, (_, tag) => `tag ${tag}`),
      amount: row / 8,
      at: new Date(Date.UTC(2025, 1, 1, 0, 0, row)).toISOString(),
    }),
  );
  return `${lines.join('\n')}\n`;
}
