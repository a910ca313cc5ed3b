import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ColumnType, type RunResult, typeText } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { createTestCalve } from '@calve/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { sameAsJson } from './same-as-json.ts';

// Real data of many hands (npm package vega-datasets, BSD-3-Clause): every JSON file with no options at all. Most are arrays of records, some are
// documents with records inside, maps whose shapes share their lines, or arrays of numbers: these are refused, with the reason.
const data = fileURLToPath(new URL('../../node_modules/vega-datasets/data', import.meta.url));
const files = readdirSync(data).filter((name) => name.endsWith('.json'));

interface Landing {
  /** Where the records stand, as the reader is told. */
  recordsAt?: readonly string[];
  framing?: string;
  rows?: number;
  columns?: Record<string, string>;
  /** How it was read and why, and what stands beside the records. */
  findings?: string[];
  refused?: string;
}

type Loaded = Landing & { table: { name: string; type: ColumnType }[]; written: Record<string, unknown>[] };

describe('the JSON files of vega-datasets', () => {
  const landings = new Map<string, Loaded>();

  beforeAll(async () => {
    for (const file of files) landings.set(file, await load(file));
  });

  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(35);
  });

  it('land, or are refused, as the reviewed list says', async () => {
    const reviewed = Object.fromEntries(
      [...landings].map(([file, { table: _table, written: _written, ...landing }]) => [file, landing]),
    );
    await expect(`${JSON.stringify(reviewed, null, 2)}\n`).toMatchFileSnapshot('./vega-json.golden.json');
  });

  it.each(files)('%s: its rows are what JSON.parse reads', (file) => {
    const { table, written, recordsAt = [], refused } = landings.get(file)!;
    if (refused) return expect(written).toEqual([]);
    const records = recordsIn(JSON.parse(readFileSync(join(data, file), 'utf8')), recordsAt);
    expect(written).toHaveLength(records.length);
    expect(written.length).toBeGreaterThan(0);
    const names = new Set(table.map(({ name }) => name));
    for (const [index, record] of records.entries()) {
      for (const { name, type } of table) {
        const [seen, wanted] = [written[index]?.[name] ?? null, record[name] ?? null];
        if (!sameAsJson(seen, wanted, type)) expect({ index, name, seen }).toEqual({ index, name, seen: wanted });
      }
      const lost = Object.keys(record).filter((name) => !names.has(name) && record[name] !== null);
      expect(lost.filter((name) => JSON.stringify(record[name]) !== '{}' && JSON.stringify(record[name]) !== '[]')).toEqual([]);
    }
  });
});

const SPEC = {
  specVersion: 1,
  id: 'vega',
  input: { source: 'files', format: 'detect' },
  outputs: [
    { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', mode: { kind: 'append' }, provenance: [] },
  ],
};

async function load(file: string): Promise<Loaded> {
  const content = new Uint8Array(readFileSync(join(data, file)));
  await using test = await createTestCalve({
    files: { [file]: content },
    formats: { csv: csvFormat(), json: jsonFormat() },
  });
  const plan = await test.calve.plan(test.retarget(SPEC));
  const [setAside] = plan.batch.setAside;
  if (setAside) return { refused: `${setAside.finding.code} ${setAside.finding.message}`, table: [], written: [] };
  const result: RunResult = await test.load(SPEC);
  expect([file, result.outcome, result.counts['main']?.rejected]).toEqual([file, 'committed', 0]);
  const table = plan.columns
    .filter(({ origin }) => origin !== 'provenance')
    .map(({ name, field }) => ({ name, type: field.type }));
  const [reader] = plan.program.readers;
  const how = reader?.plan.kind === 'json' ? reader.plan : null;
  const written = test.rows();
  return {
    ...(how ? { framing: how.framing, recordsAt: how.recordsAt } : {}),
    rows: written.length,
    columns: Object.fromEntries(table.map(({ name, type }) => [name, typeText(type)])),
    findings: plan.findings
      .filter(({ code }) => code === 'FORMAT_DETECTED' || code.startsWith('JSON_'))
      .map(({ code, message }) => `${code} ${message}`),
    table,
    written,
  };
}

/** The records of a document, found without our code. */
function recordsIn(document: unknown, path: readonly string[]): Record<string, unknown>[] {
  const found = path.reduce<unknown>((inside, name) => (inside as Record<string, unknown>)[name], document);
  return (Array.isArray(found) ? found : [found]) as Record<string, unknown>[];
}
