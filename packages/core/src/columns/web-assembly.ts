let switchedOff = 0;

/** Why kernels run as plain JavaScript here: `missing` has no WebAssembly at all, `refused` did not take memory or code of ours. */
export type WebAssemblyProblem = 'missing' | 'refused';

let refused = false;

/** Null where compiled kernels can run, as far as is known: a platform may refuse the code when it is compiled. Per thread. */
export function webAssemblyProblem(): WebAssemblyProblem | null {
  // `node --jitless` has none, and neither have some hardened browsers.
  if (typeof WebAssembly === 'undefined') return 'missing';
  return refused ? 'refused' : null;
}

/** True when compiled kernels may be used at this moment. */
export function usesWebAssembly(): boolean {
  return switchedOff === 0 && webAssemblyProblem() === null;
}

/** Remembers that this platform refused memory or code, so that it is not asked again. */
export function refuseWebAssembly(): void {
  refused = true;
}

/**
 * Runs `work` as on a platform without WebAssembly: no arena, no compiled kernel. For tests; per thread, and for everything that runs
 * until `work` returns, or until the promise that it returns is settled.
 */
export function withoutWebAssembly<T>(work: () => T): T {
  switchedOff += 1;
  let result: T;
  try {
    result = work();
  } catch (error) {
    switchedOff -= 1;
    throw error;
  }
  if (!(result instanceof Promise)) {
    switchedOff -= 1;
    return result;
  }
  return result.finally(() => {
    switchedOff -= 1;
  }) as T;
}
