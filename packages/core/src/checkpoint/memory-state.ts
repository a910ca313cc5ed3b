import type { CheckpointStoreFactory } from './checkpoint-store.ts';
import type { MemoryLedgers } from './memory-checkpoint-store.ts';

/**
 * State that lives as long as the value returned: for tests, previews and hosts that ingest once. Every `open()` gives a handle to
 * the same ledgers. A second run in another process knows nothing and loads everything again; `sqliteState` remembers.
 *
 * Records are kept as JSON text, so a caller that changes what it got or gave changes nothing here.
 */
export function memoryState(): CheckpointStoreFactory {
  let kept: MemoryLedgers | undefined;
  return {
    async open() {
      // Pages with a store of their own never load it.
      const { MemoryCheckpointStore, MemoryLedgers } = await import('./memory-checkpoint-store.ts');
      kept ??= new MemoryLedgers();
      return new MemoryCheckpointStore(kept);
    },
  };
}
