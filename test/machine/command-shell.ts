// A process of its own that runs command lines of Calve one after the other, on a disk that is told when to fail (`faulty-disk.ts`). One JSON line in:
// `{ words, cwd, at, error }`; one out. Commands run inside of this process, which is ten times as fast as a process for each.
import { closeSync, openSync, readFileSync, readSync, truncateSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { CONTROL_FIELDS, type FaultyCommand, type FaultyEnd } from './faulty-shell.ts';

const trace = process.env['FAULTY_DISK_TRACE'] ?? '';
const control = openSync(process.env['FAULTY_DISK_CONTROL'] ?? '', 'r+');

function write(fields: readonly number[]): void {
  writeSync(control, new BigInt64Array(fields.map(BigInt)), 0, CONTROL_FIELDS * 8, 0);
}

function read(): number[] {
  const fields = new BigInt64Array(CONTROL_FIELDS);
  readSync(control, fields, 0, CONTROL_FIELDS * 8, 0);
  return [...fields].map(Number);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { words, cwd, at, error } = JSON.parse(line) as FaultyCommand;
  truncateSync(trace);
  write([at, 0, error, 0]);
  const { code, stdout, stderr } = await runMain(words, cwd);
  const [, , , failed = 0] = read();
  write([0, 0, error, 0]);
  const calls = readFileSync(trace, 'utf8').split('\n').slice(0, -1);
  process.stdout.write(`${JSON.stringify({ code, stdout, stderr, failed, calls } satisfies FaultyEnd)}\n`);
}
closeSync(control);
