import type { IngestionSpec } from '@calve/core';
import type { ProvokedWorld } from './provoked-world.ts';

/** An input that provokes a finding with a fix. */
export interface Provocation {
  /** Of the finding: its code, or `rejected` for rows whose code names a column. */
  code: string;
  title: string;
  /** The finding is there only after a run has met it; otherwise it is there before. */
  isMetByRun?: true;
  /** Makes the world, with what was loaded before, and answers the spec under which the finding is there. */
  provoke(world: ProvokedWorld): Promise<IngestionSpec>;
}

/** `count` good rows with the columns `id` and `amount`. */
export function goodRows(count: number, value: (row: number) => string = (row) => `${row}`): string {
  return Array.from({ length: count }, (_, row) => `${row},${value(row)}\n`).join('');
}

export const CSV = { input: { format: { name: 'csv', options: {} } } };
export const INTEGER = { output: { columns: { amount: { type: { kind: 'int64' } } } } };

export const integer = (name: string) => ({ name, type: { kind: 'int64' }, required: false });
export const OBJECT = { kind: 'struct', fields: [integer('n'), integer('m')] };

/** Records with an object of two integers, and others. */
export function objects(count: number, ...others: string[]): string {
  return [...Array.from({ length: count }, (_, row) => `{"o":{"n":${row},"m":${row}}}`), ...others].join('\n');
}

export function withoutQuarantine(spec: IngestionSpec): IngestionSpec {
  return { ...spec, outputs: spec.outputs.slice(0, 1) };
}

/** A table of integers, and a file with other values beside it. */
export async function integersThen(world: ProvokedWorld, second: string, members: object = {}): Promise<IngestionSpec> {
  world.files['a.csv'] = `id,amount\n${goodRows(20)}`;
  await world.run(world.spec({ ...CSV, ...members }));
  world.files['b.csv'] = second;
  return world.spec({ ...CSV, ...members });
}
