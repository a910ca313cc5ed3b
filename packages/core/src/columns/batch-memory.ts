import { CalveError } from '../errors/calve-error.ts';

let poison = false;

/** Fills released memory with 0xAA from now on, which shows every read after a release. For tests; per thread. */
export function poisonReleasedMemory(enabled: boolean): void {
  poison = enabled;
}

/** True when memory that means nothing is to be filled with 0xAA. */
export function poisonsMemory(): boolean {
  return poison;
}

/**
 * Buffers that several batches share. Each batch retains them once; when the last one is released the buffers may be reused.
 * A new memory has one owner, its creator, who calls `release()` when no further batch will be cut from it.
 */
export class BatchMemory {
  #owners = 1;
  readonly #buffers: readonly ArrayBufferView[];
  readonly #recycle: (() => void) | undefined;

  /**
   * @param buffers Everything that must not be read after the release.
   * @param recycle Called once, after the last release.
   */
  constructor(buffers: readonly ArrayBufferView[], recycle?: () => void) {
    this.#buffers = buffers;
    this.#recycle = recycle;
  }

  retain(): void {
    if (this.#owners === 0)
      throw new CalveError('BATCH_RELEASED', 'Released batch memory was retained again.', { recovery: 'report' });
    this.#owners += 1;
  }

  release(): void {
    if (this.#owners === 0)
      throw new CalveError('BATCH_RELEASED', 'Batch memory was released more often than retained.', { recovery: 'report' });
    this.#owners -= 1;
    if (this.#owners > 0) return;
    if (poison) for (const view of this.#buffers) new Uint8Array(view.buffer, view.byteOffset, view.byteLength).fill(0xaa);
    this.#recycle?.();
  }
}
