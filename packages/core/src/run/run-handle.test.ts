import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { Redactor } from '../errors/redactor.ts';
import type { RunResult } from './run-event.ts';
import { RunEvents } from './run-events.ts';
import { runHandle } from './run-handle.ts';

const modules = ['run-handle', 'run-events'].map((name) => new URL(`./${name}.ts`, import.meta.url).href);

const redactor = new URL('../errors/redactor.ts', import.meta.url).href;

/** What a process prints that makes a handle whose run rejects, and does `use` with it. */
function printed(use: string): { stdout: string; status: number | null } {
  const source = `
    import { runHandle } from '${modules[0]}';
    import { RunEvents } from '${modules[1]}';
    import { Redactor } from '${redactor}';
    process.on('unhandledRejection', (error) => console.log('unhandled', error.message));
    const events = new RunEvents({ runId: 'r', tenant: 't', ingestion: 'i' }, () => 0, () => [], new Redactor());
    const run = runHandle((async () => { await null; events.end(); throw new Error('the run failed'); })(), events);
    ${use}
    await new Promise((resolve) => setTimeout(resolve, 20));`;
  const child = spawnSync(process.execPath, ['--conditions=calve-source', '--input-type=module', '-e', source]);
  expect(child.stderr.toString()).toBe('');
  return { stdout: child.stdout.toString(), status: child.status };
}

describe('a run handle whose run rejects', () => {
  it.each([
    ['is an unhandled rejection when nobody looks at it', '', 'unhandled the run failed\n'],
    ['is handled by a catch', 'run.catch(() => {});', ''],
    ['is handled by an iterator that is read', 'for await (const event of run) console.log(event);', ''],
    ['is handled as soon as an iterator exists', 'run[Symbol.asyncIterator]();', ''],
    [
      'still rejects for those who wait, beside an iterator',
      'run[Symbol.asyncIterator](); run.catch((error) => console.log(error.message));',
      'the run failed\n',
    ],
    ['is unhandled in a chain without a catch', 'run.then(() => {});', 'unhandled the run failed\n'],
  ])('%s', (_, use, expected) => {
    expect(printed(use)).toEqual({ stdout: expected, status: 0 });
  });
});

describe('a run handle', () => {
  it('is a promise of the result and the events at the same time', async () => {
    const events = new RunEvents(
      { runId: 'r', tenant: 't', ingestion: 'i' },
      () => 0,
      () => [],
      new Redactor(),
    );
    const result = { outcome: 'committed' } as RunResult;
    const run = runHandle(Promise.resolve(result), events);
    events.emit({ kind: 'waiting', reason: 'slot' });
    events.end();
    const kinds: string[] = [];
    for await (const { kind } of run) kinds.push(kind);
    expect(kinds).toEqual(['waiting']);
    expect(await run).toBe(result);
    expect(run).toBeInstanceOf(Promise);
  });

  it('ends its iterators without throwing when the run rejects', async () => {
    const events = new RunEvents(
      { runId: 'r', tenant: 't', ingestion: 'i' },
      () => 0,
      () => [],
      new Redactor(),
    );
    events.end();
    const run = runHandle(Promise.reject(new CalveError('CANCELLED', 'stopped')), events);
    for await (const event of run) expect.fail(JSON.stringify(event));
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
