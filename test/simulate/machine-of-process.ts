import type { Environment, ProcessIdentity } from '@calve/core/plugin';
import type { SimulatedProcess } from '@calve/testkit';

/**
 * The machine on which a process runs. Every other process is on the machine of the others; of those on another one nothing is known.
 */
export function machineOf(
  number: number,
  processes: ReadonlyMap<number, SimulatedProcess>,
): Required<Pick<Environment, 'processIdentity' | 'processState'>> {
  const host = `host-${number % 2}`;
  const identity: ProcessIdentity = { host, pid: number, boot: host, namespace: null, started: null };
  return {
    processIdentity: () => identity,
    processState: (other: ProcessIdentity) => {
      if (other.host !== host) return 'unknown' as const;
      return processes.get(other.pid)?.isAlive ? ('alive' as const) : ('dead' as const);
    },
  };
}
