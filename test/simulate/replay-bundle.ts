import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SupportBundle } from '@calve/core';
import { describeHistory, type History, type HistoryProblem } from '@calve/testkit';

/** What the next run makes of what it finds. */
export interface RecoveryDecision {
  /** What became of the open commit: `kept` waits for a decision. */
  open: 'none' | 'finished' | 'dropped' | 'kept';
  /** Code of the error with which the run stopped; null: it went on to its end. */
  stoppedBy: string | null;
}

/** What a bundle came to when its next run happened in a simulated world. */
export interface BundleReplay {
  history: History;
  notes: string[];
  decision: RecoveryDecision;
  /** What the independent checker says at the end. */
  problems: HistoryProblem[];
  /** What of the bundle no history can say. */
  leftOut: string[];
  /** Where the world is not as the bundle says, although it should be. */
  differences: string[];
}

/**
 * Builds the world of a bundle, and lets the shipped code run in it once more, in a process of its own where the sink finds a simulated disk.
 *
 * @throws {Error} The process did not come to its end: what it printed.
 */
export async function replayBundle(bundle: SupportBundle): Promise<BundleReplay> {
  const modules = new URL('./simulated-modules.ts', import.meta.url).href;
  const script = fileURLToPath(new URL('./replay-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=calve-source', '--import', modules, script], { stdio: 'pipe' });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.end(JSON.stringify(bundle));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The process that replays a bundle ended with ${code}:\n${errors}`);
  return JSON.parse(output) as BundleReplay;
}

const OPEN: Readonly<Record<RecoveryDecision['open'], string>> = {
  none: 'there is no open commit',
  finished: 'the open commit is brought to its end',
  dropped: 'the open commit is dropped, and its files are planned again',
  kept: 'the open commit stays as it is',
};

/** A replay as lines for people. */
export function replayReport({ history, notes, decision, problems, leftOut, differences }: BundleReplay): string {
  const stopped = decision.stoppedBy === null ? 'the run goes on to its end' : `the run stops with ${decision.stoppedBy}`;
  return [
    'A history that leads to what the bundle says:',
    ...describeHistory(history),
    'What happened:',
    ...notes,
    `What the next run does: ${OPEN[decision.open]}; ${stopped}.`,
    problems.length === 0
      ? 'The independent checker finds nothing lost, duplicated or deleted.'
      : 'The independent checker finds:',
    ...problems.map(({ rule, message }) => `  ${rule}: ${message}`),
    ...differences.map((difference) => `The replay is not as the bundle: ${difference}`),
    ...leftOut.map((part) => `Not in the replay: ${part}`),
  ].join('\n');
}
