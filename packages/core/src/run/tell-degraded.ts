import { type WebAssemblyProblem, webAssemblyProblem } from '../columns/web-assembly.ts';
import { projectionKernels } from '../projection/compiled-kernels.ts';
import type { RunEvents } from './run-events.ts';

const REASONS: Record<WebAssemblyProblem, string> = {
  missing: 'this JavaScript engine has no WebAssembly (node --jitless, a hardened browser); the rows are the same.',
  refused:
    'this platform does not run our WebAssembly (no SIMD, too little address space, or a policy that forbids it); the rows are the same.',
};

/** What each run was told already. */
const told = new WeakMap<RunEvents, Set<string>>();

/** Tells, once in a run, that values are read in plain JavaScript because the platform has no WebAssembly for it. */
export async function tellDegraded(events: RunEvents): Promise<void> {
  await projectionKernels.open();
  const problem = webAssemblyProblem();
  if (problem !== null) tellOnce(events, 'WebAssembly', 'JavaScript', REASONS[problem]);
}

/** Tells, once in a run, that threads were asked for and the thread of the run does their work. */
export function tellOneThread(events: RunEvents, why: string): void {
  tellOnce(events, 'threads', 'one thread', `${why} The rows are the same.`);
}

function tellOnce(events: RunEvents, from: string, to: string, reason: string): void {
  const known = told.get(events) ?? new Set();
  if (known.has(from)) return;
  told.set(events, known.add(from));
  events.emit({ kind: 'degraded', from, to, reason });
}
