import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../run-event.ts';
import { printProgress } from './terminal-progress.ts';

type Told = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'runId' | 'tenant' | 'ingestion' | 'n' | 'at'>
    : never
  : never;

async function* stream(...events: [second: number, event: Told][]): AsyncGenerator<RunEvent> {
  for (const [second, event] of events) {
    const at = new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString();
    yield { runId: 'r', tenant: 't', ingestion: 'i', n: 1, at, ...event } as RunEvent;
  }
}

const progress = (bytesDone: number, rows: number): Told => ({ kind: 'progress', bytesDone, bytesTotal: 4 * 1024 * 1024, rows });
const started: Told = { kind: 'run-started', engine: 'in-process', state: 'memory' };
const finding = (message: string): Told => ({
  kind: 'finding',
  diagnostic: { code: 'SCHEMA_MIXED_TYPES', severity: 'warning', message },
});
const attempt: Told = { kind: 'commit-attempted', output: 'main', attempt: 1, outcome: 'committed' };

function sink(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text), ...(columns === undefined ? {} : { columns }) };
}

describe('printProgress', () => {
  it('rewrites one line on a terminal and removes it at the end', async () => {
    const terminal = sink(true);
    await printProgress(
      stream([0, started], [1, progress(1024 * 1024, 12_345)], [2, progress(4 * 1024 * 1024, 48_000)]),
      terminal,
    );
    expect(terminal.written).toEqual([
      '\r\u001b[2K 25 %  1.0 MiB of 4.0 MiB  12,345 rows  1.0 MiB/s',
      '\r\u001b[2K100 %  4.0 MiB of 4.0 MiB  48,000 rows  2.0 MiB/s',
      '\r\u001b[2K',
    ]);
  });

  it('never writes a line longer than the terminal', async () => {
    const terminal = sink(true, 20);
    await printProgress(stream([0, progress(1, 1)]), terminal);
    expect(terminal.written[0]?.replace('\r\u001b[2K', '')).toHaveLength(19);
  });

  it('prints findings and commit attempts as lines that the progress does not overwrite', async () => {
    const terminal = sink(true);
    await printProgress(stream([0, started], [1, progress(0, 0)], [1, finding('two types')], [2, attempt]), terminal);
    expect(terminal.written.slice(1)).toEqual(['\r\u001b[2Kwarning: two types [SCHEMA_MIXED_TYPES]\n', 'main: committed\n']);
  });

  it('prints a plain line every five seconds elsewhere', async () => {
    const file = sink(false);
    const events = Array.from({ length: 121 }, (_, index): [number, Told] => [index / 10, progress(index * 10_000, index)]);
    await printProgress(stream(...events), file);
    expect(file.written).toHaveLength(2);
    for (const line of file.written) expect(line).toMatch(/^ *\d+ % {2}.+rows.*\n$/);
    expect(file.written.join('')).not.toContain('\u001b');
  });

  it('makes control characters of strangers visible', async () => {
    const terminal = sink(true);
    await printProgress(stream([0, finding('file "\u001b[2Jevil\n\u202e"')]), terminal);
    expect(terminal.written).toEqual(['warning: file "\\u001b[2Jevil\\u000a\\u202e" [SCHEMA_MIXED_TYPES]\n']);
  });

  it('never rejects: neither for a run that fails nor for a stream that is gone', async () => {
    async function* failing(): AsyncGenerator<RunEvent> {
      yield* stream([0, progress(1, 1)]);
      throw new Error('the run failed');
    }
    const terminal = sink(true);
    await printProgress(failing(), terminal);
    expect(terminal.written).toHaveLength(2);
    const gone = {
      isTTY: true,
      write() {
        throw new Error('EPIPE');
      },
    };
    await printProgress(stream([0, progress(1, 1)], [1, attempt]), gone);
  });
});
