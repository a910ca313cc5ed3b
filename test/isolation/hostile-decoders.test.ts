import type { InputLimits, RunEvent } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../processes/running-process.ts';
import { ACT_NAMES, GARBAGE_NAMES, hostileFile } from './hostile-format.ts';
import { introductions, isolatedCalve } from './isolated-calve.ts';

/** What shows as silence, and is waited for. */
const STALLS = { limits: { stallMilliseconds: 2000 }, acts: ['loop', 'hang', 'stop'] };
/** What shows at once; on a busy machine filling memory may take longer than a short limit of silence. */
const OTHERS = { limits: { decodeMemoryBytes: 256 << 20 } };

/** Code of the file by what its decoder does. */
const CODES: Record<string, string> = {
  loop: 'LIMIT_TIME',
  hang: 'LIMIT_TIME',
  stop: 'LIMIT_TIME',
  heap: 'LIMIT_MEMORY',
  buffers: 'LIMIT_MEMORY',
  exit: 'DECODER_CRASHED',
  abort: 'DECODER_CRASHED',
  kill: 'DECODER_CRASHED',
  throw: 'DECODER_CRASHED',
  late: 'DECODER_CRASHED',
  noise: 'DECODER_CRASHED',
  reserve: 'DECODER_CRASHED',
  messages: 'DECODER_CRASHED',
  typed: 'TEST_TYPED',
  ...Object.fromEntries(GARBAGE_NAMES.map((name) => [name, 'DECODER_CRASHED'])),
};

/** Loads good files before, between and after hostile ones, in a single run. */
async function runAmong(phase: 'observe' | 'decode', acts: readonly string[], limits: Partial<InputLimits>) {
  const files: Record<string, string> = { '0-first.csv': 'id,name\n0,first\n', '9-last.csv': 'id,name\n9,last\n' };
  for (const act of acts) files[`${act}.csv`] = hostileFile(phase, act);
  const { calve, sink, specOf } = isolatedCalve(files, { limits });
  const events: RunEvent[] = [];
  await using _ = calve;
  calve.on('event', (event) => events.push(event));
  const result = await calve.run(specOf(), { allow: ['quarantined'] });
  const findings = events.flatMap((event) =>
    event.kind === 'unit-finished' && event.record.state === 'quarantined' ? [event.record.finding] : [],
  );
  const named = Object.fromEntries(findings.map((finding) => [/(\w+)\.csv/.exec(finding?.message ?? '')?.[1], finding]));
  return { result, named, processes: introductions(events), rows: sink.rows('sales.orders').map((row) => row['name']) };
}

describe.each(['observe', 'decode'] as const)('a decoder that misbehaves in %s', (phase) => {
  const others = Object.keys(CODES).filter((act) => !STALLS.acts.includes(act));

  it.each([
    ['goes on for ever', STALLS.acts, STALLS.limits],
    ['breaks', others, OTHERS.limits],
  ])('and %s costs its own file and no other', async (_, acts, limits) => {
    const { result, named, processes, rows } = await runAmong(phase, acts, limits);
    expect(Object.fromEntries(acts.map((act) => [act, named[act]?.code]))).toEqual(
      Object.fromEntries(acts.map((act) => [act, CODES[act]])),
    );
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 2, quarantined: acts.length } });
    expect(rows).toEqual(['first', 'last']);
    expect(new Set(processes.map(({ pid }) => pid)).size).toBeGreaterThan(acts.length / 2);
    expect(processes.filter(({ pid }) => isRunning(pid))).toEqual([]);
  });
});

it('every act of the hostile format is in one of the tests', () => {
  expect([...ACT_NAMES, ...GARBAGE_NAMES].filter((act) => !(act in CODES)).sort()).toEqual(['introduce', 'keep', 'secret']);
});

it('no file pays for the memory that files before it left behind', async () => {
  const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.csv`, `${hostileFile('decode', 'keep')}3,${name}\n`]));
  const { calve, specOf } = isolatedCalve(files);
  await using _ = calve;
  expect(await calve.run(specOf())).toMatchObject({ outcome: 'committed', units: { ingested: 3, quarantined: 0 } });
});
