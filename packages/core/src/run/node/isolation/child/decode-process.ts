// What a decode process runs: the decoder in the main thread, and beside it a thread that stays awake whatever the decoder does.
// Arguments: id of the host's process, most bytes of memory.
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread) {
  // A terminal or a service manager signals the whole group. How long this process lives is for the host to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  new Worker(new URL(import.meta.url), {
    argv: process.argv.slice(2),
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  }).unref();
  const { serveCalls } = await import('./serve-calls.ts');
  serveCalls();
} else {
  const { watchProcess } = await import('./watch-process.ts');
  watchProcess(Number(process.argv[2]), Number(process.argv[3]));
}
