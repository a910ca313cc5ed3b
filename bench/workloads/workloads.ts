import type { DatasetPlan } from '../data/dataset.ts';
import { changedVersions, firstVersions, ordersCsv } from '../data/orders-rows.ts';
import { baseCsv, floatsCsv, lineitemCsv, nestedJson, quotedCsv, type RowText, wideCsv } from '../data/row-text.ts';
import type { Goal } from './goal.ts';
import type { Workload } from './workload.ts';

const memory: Goal = { kind: 'memory', oneThread: 200, moreThreads: 300 };
/** Without WebAssembly CSV is to cost no more than DuckDB. */
const plain: Goal = { kind: 'ratio', of: 'calve-plain', against: 'duckdb', goal: 1 };
/** With threads a file is to be loaded in no more time than the quickest rival takes. */
const wall: Goal = { kind: 'wall', goal: 1 };
const ratio = (goal: number, gate?: number): Goal => ({ kind: 'ratio', against: 'best', goal, ...(gate && { gate }) });

/**
 * All workloads.
 *
 * @param scale 1 is what results are published with; 0.01 has a hundredth of the rows, and of the files where their number matters.
 */
export function workloads(scale: number): Workload[] {
  const scaled = (count: number): number => Math.max(1, Math.round(count * scale));
  const oneFile = (name: string, text: RowText, rows: number): DatasetPlan => ({ name, text, rows: scaled(rows), files: 1 });
  const small = (files: number): DatasetPlan => ({ name: 'base', text: baseCsv, rows: files * 62, files });
  const table: DatasetPlan = { name: 'versions', text: firstVersions, rows: scaled(5_000_000), files: 20 };
  const changed = (spread: 'everywhere' | 'newest'): DatasetPlan => {
    const rows = scaled(100_000);
    return { name: `changes-${spread}-of-${table.rows}`, text: changedVersions(table.rows, rows, spread), rows, files: 1 };
  };

  return [
    {
      name: 'csv-base',
      title: 'CSV of 12 mixed columns, 500 MB',
      task: 'append',
      landing: oneFile('base', baseCsv, 3_100_000),
      goals: [ratio(2, 1.3), { kind: 'ratio', against: 'papaparse', goal: 6 }, plain, wall, memory],
    },
    {
      name: 'csv-lineitem',
      title: 'CSV like lineitem, 16 columns without quotes, 300 MB',
      task: 'append',
      landing: oneFile('lineitem', lineitemCsv, 2_460_000),
      goals: [ratio(1.3), plain, wall, memory],
    },
    {
      name: 'csv-floats',
      title: 'CSV of 20 doubles, 300 MB',
      task: 'append',
      landing: oneFile('floats', floatsCsv, 1_320_000),
      goals: [ratio(1.3), plain, wall, memory],
    },
    {
      name: 'csv-quoted',
      title: 'CSV with every value in quotes, 300 MB',
      task: 'append',
      landing: oneFile('quoted', quotedCsv, 1_640_000),
      goals: [ratio(1.3), plain, wall, memory],
    },
    {
      name: 'jsonl',
      title: 'JSON Lines with two levels of structs, 500 MB',
      task: 'append',
      landing: oneFile('nested', nestedJson, 1_580_000),
      goals: [ratio(1.6, 1.2), wall, memory],
    },
    {
      name: 'gz-100',
      title: '100 gzip files, 270 MB of CSV',
      task: 'append',
      landing: { name: 'base', text: baseCsv, rows: scaled(1_680_000), files: 100, gzip: true },
      goals: [ratio(2), wall, memory],
    },
    {
      name: 'small-10k',
      title: '10,000 CSV files of 10 KB',
      task: 'append',
      landing: small(scaled(10_000)),
      goals: [ratio(3), memory],
    },
    {
      name: 'second-run',
      title: 'again, with 10 of 10,000 files new',
      task: 'append',
      landing: small(Math.max(20, scaled(10_000))),
      arriving: 10,
      goals: [{ kind: 'cpu-seconds', goal: 0.6 }, memory],
    },
    {
      name: 'cold-1mb',
      title: 'one CSV file of 1 MB, cold',
      task: 'append',
      landing: { name: 'base', text: baseCsv, rows: 6200, files: 1 },
      goals: [ratio(5), memory],
    },
    {
      name: 'csv-2gb',
      title: 'CSV of 12 mixed columns, 2 GB',
      task: 'append',
      landing: oneFile('base', baseCsv, 12_400_000),
      goals: [memory],
    },
    {
      name: 'csv-wide',
      title: 'CSV of 300 columns, 200 MB',
      task: 'append',
      landing: oneFile('wide', wideCsv, 100_000),
      goals: [memory],
    },
    {
      name: 'commits-200',
      title: '200 commits of 1,000 rows',
      task: 'commits',
      landing: { name: 'base', text: baseCsv, rows: scaled(200) * 1000, files: scaled(200) },
      goals: [ratio(5), { kind: 'growth', goal: 1.2 }, memory],
    },
    {
      name: 'upsert-everywhere',
      title: 'upsert of 100,000 rows into 5,000,000, keys all over the table',
      task: 'merge',
      landing: table,
      changes: changed('everywhere'),
      goals: [{ kind: 'ratio', against: 'polars', goal: 1 }, memory],
    },
    {
      name: 'upsert-newest',
      title: 'upsert of 100,000 rows into 5,000,000, keys in its newest part',
      task: 'merge',
      landing: table,
      changes: changed('newest'),
      goals: [{ kind: 'ratio', against: 'polars', goal: 1 }, memory],
      onlyNamed: true,
    },
    {
      name: 'append-20m',
      title: '20,000,000 rows of CSV in 20 files',
      task: 'append',
      landing: { name: 'orders', text: ordersCsv, rows: scaled(20_000_000), files: 20 },
      goals: [memory],
      onlyNamed: true,
    },
  ];
}

/**
 * The workloads of these names, in the order of the table; without names all that need not be named.
 *
 * @throws {RangeError} There is no workload of a name; the message lists those that there are.
 */
export function chooseWorkloads(scale: number, names: readonly string[]): Workload[] {
  const all = workloads(scale);
  for (const name of names) {
    if (all.some((workload) => workload.name === name)) continue;
    throw new RangeError(`There is no workload "${name}". There are: ${all.map((workload) => workload.name).join(', ')}.`);
  }
  return all.filter(({ name, onlyNamed }) => (names.length === 0 ? onlyNamed !== true : names.includes(name)));
}
