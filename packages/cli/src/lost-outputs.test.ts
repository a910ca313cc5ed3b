import { expect, it } from 'vitest';
import { LostOutputs } from './lost-outputs.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

it('an answer that could not be written is told once, and is no success', () => {
  const said: string[] = [];
  const outputs = new LostOutputs((line) => said.push(line));
  expect(outputs.exitCode(0)).toBe(0);
  outputs.lost('stdout', full);
  outputs.lost('stdout', full);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^error OUTPUT_LOST: .* stdout: its disk is full\. What the command did stays done\.\n {2}What to do: make room/,
  );
  expect(outputs.exitCode(0)).toBe(1);
  expect(outputs.exitCode(20)).toBe(20);
});

it('where stderr is lost nothing is said, and that is no success either', () => {
  const said: string[] = [];
  const outputs = new LostOutputs((line) => said.push(line));
  outputs.lost('stderr', full);
  outputs.lost('stdout', full);
  expect(said).toEqual([]);
  expect(outputs.exitCode(0)).toBe(1);
});
