import { type WebAssemblyProblem, webAssemblyProblem } from '../columns/web-assembly.ts';
import { projectionKernels } from '../projection/compiled-kernels.ts';
import type { RunEvents } from './run-events.ts';

const REASONS: Record<WebAssemblyProblem, string> = {
  missing: 'this JavaScript engine has no WebAssembly (node --jitless, a hardened browser); the rows are the same.',
  refused:
    'this platform does not run our WebAssembly (no SIMD, too little address space, or a policy that forbids it); the rows are the same.',
};

const told = new WeakSet<RunEvents>();
const toldOfThreads = new WeakSet<RunEvents>();

/** Tells, once in a run, that values are read in plain JavaScript because the platform has no WebAssembly for it. */
export async function tellDegraded(events: RunEvents): Promise<void> {
  if (told.has(events)) return;
  await projectionKernels.open();
  const problem = webAssemblyProblem();
  if (problem === null) return;
  told.add(events);
  events.emit({ kind: 'degraded', from: 'WebAssembly', to: 'JavaScript', reason: REASONS[problem] });
}

/** Tells, once in a run, that threads were asked for and the thread of the run does their work. */
export function tellOneThread(events: RunEvents, why: string): void {
  if (toldOfThreads.has(events)) return;
  toldOfThreads.add(events);
  events.emit({ kind: 'degraded', from: 'threads', to: 'one thread', reason: `${why} The rows are the same.` });
}
