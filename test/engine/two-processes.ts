import { memoryState } from '@calve/core';
import type { CheckpointStore, LeaseStore } from '@calve/core/plugin';
import { MemoryWorld, rowsOf } from './memory-world.ts';
import { type Machine, VirtualTime } from './virtual-time.ts';

/** Two processes on one ingestion, over a state with leases. */
export async function twoProcesses(changes: { second?: { host: string }; leases?: (leases: LeaseStore) => LeaseStore } = {}) {
  const world = new MemoryWorld();
  const memory = memoryState();
  const state = {
    open: async (): Promise<CheckpointStore> => {
      const store = await memory.open();
      return changes.leases ? Object.assign(store, { leases: changes.leases(store.leases!) }) : store;
    },
  };
  world.state = state;
  world.files['a.csv'] = rowsOf(1, 2);
  const spec = world.spec();
  const time = new VirtualTime();
  const first = time.machine(101);
  const second = time.machine(102, changes.second?.host);
  const calveOn = (machine: Machine) => world.calve({ environment: machine.environment() });
  const store = await memory.open();
  return { world, spec, time, first, second, one: calveOn(first), other: calveOn(second), calveOn, store };
}

/** Holds a process at a step while its timers go on. */
export function holdAt(machine: Machine, step: string): { arrived: Promise<void>; release(): void } {
  const arrived = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  machine.onStep = (label) => {
    if (label !== step) return;
    arrived.resolve();
    return held.promise;
  };
  return { arrived: arrived.promise, release: held.resolve };
}
