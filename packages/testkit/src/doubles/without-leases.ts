import type { CheckpointStore, CheckpointStoreFactory } from '@calve/core/plugin';

/** The same state as a store that has no leases gives it: nobody waits for anybody, and whatever has to hold holds all the same. */
export function withoutLeases(factory: CheckpointStoreFactory): CheckpointStoreFactory {
  return { open: async () => leaseless(await factory.open()) };
}

function leaseless(store: CheckpointStore): CheckpointStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'leases') return undefined;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
