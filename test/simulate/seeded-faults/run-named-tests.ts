import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SEEDED_FAULTS } from './seeded-faults.ts';
import { VERDICT, type Verdict } from './verdict-reporter.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Runs the named test of every seeded fault in a process of its own: once on the code as it is, and once with the fault in it.
 *
 * @throws {Error} Nothing ran: what the process printed.
 */
export async function runNamedTests(): Promise<Verdict[]> {
  const titles = SEEDED_FAULTS.map(({ test }) => test.title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const vitest = `${ROOT}node_modules/vitest/vitest.mjs`;
  const options = ['--config', pathOf('./vitest.config.ts'), '--reporter', pathOf('./verdict-reporter.ts')];
  const child = spawn(process.execPath, [vitest, 'run', ...options, '--testNamePattern', `(?:${titles.join('|')})$`], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // What the tests around this one tell their own processes is not meant for these.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'),
    ),
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const verdicts = printed
    .split('\n')
    .filter((line) => line.startsWith(VERDICT))
    .map((line) => JSON.parse(line.slice(VERDICT.length)) as Verdict);
  if (verdicts.length === 0) throw new Error(`No test ran:\n${printed}`);
  return verdicts;
}
