// The process: its arguments, streams, signals and exit code.

import { readFileSync } from 'node:fs';
import { listenForInterrupts } from './interrupts.ts';
import { LostOutputs } from './lost-outputs.ts';
import { main } from './main.ts';
import { defectLines } from './render/error-lines.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const isDebugging = process.env['CALVE_DEBUG'] === '1';

const outputs = new LostOutputs((line) => process.stderr.write(`${line}\n`));

// A reader that has seen enough (`calve head … | head -3`) closes the pipe: what is left to say is said to nobody, and the command ends as it
// would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outputs.lost(stream === process.stdout ? 'stdout' : 'stderr', error);
  });
}
// Nothing stops in the middle because a log is full; but whoever relies on what is missing there must not see a success.
process.on('exit', (code) => {
  process.exitCode = outputs.exitCode(code);
});
process.on('uncaughtException', reportDefect);

// On a terminal a line of progress may be open.
const [below, instead] = process.stderr.isTTY ? ['\n', '\r\u001b[2K'] : ['', ''];
const interrupts = listenForInterrupts(
  process,
  () => process.stderr.write(`${below}Stopping: what is under way is brought to a safe end. Ctrl-C again stops at once.\n`),
  () => {
    process.stderr.write(
      `${instead}stopped: at once. What was committed stays; the same command goes on from there, and loads nothing twice.\n`,
    );
    process.exit(130);
  },
);
process.exitCode = await main({
  words: process.argv.slice(2),
  workingDirectory: process.cwd(),
  version,
  // A launcher says by which words it was started: `./dev calve` in a checkout.
  program: process.env['CALVE_COMMAND'] || 'calve',
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupts.signal,
  isDebugging,
});
// What it said may still be on its way to a slow reader: whoever does not wait for that gets the same exit code.
interrupts.stop();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit());

function reportDefect(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${[...defectLines({ code: name, message }), ...(isDebugging ? [stack] : [])].join('\n')}\n`);
  process.exit(1);
}
