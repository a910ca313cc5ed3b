import { CalveError } from '../errors/calve-error.ts';
import { poisonsMemory } from './batch-memory.ts';
import { freeBuffer } from './free-buffer.ts';
import { FreeRanges } from './free-ranges.ts';
import { PieceSizes } from './piece-sizes.ts';
import { refuseWebAssembly, usesWebAssembly } from './web-assembly.ts';

const pageBytes = 65_536;
/** Pages that were never written take no memory: the size bounds what may be in use at once, it is not what a process costs. */
const mostBytes = 128 * 1024 * 1024;
/**
 * More than one run is seen to use. V8 counts all of it as memory outside of its heap, and above 64 MiB of that looks for garbage at once, which took a
 * twentieth of a process that loads one small file.
 */
const firstBytes = 56 * 1024 * 1024;
/** Kernels load 8 and copy 16 bytes at a time, and read a cache line ahead. */
const alignment = 64;
const slack = 64;

/**
 * Memory that is handed out in pieces and never grows while one is in use, so that views on it stay valid. Everything that is taken is given back by
 * its owner; nothing is collected. Where compiled kernels work it is a `WebAssembly.Memory`, which they see; elsewhere a plain buffer, which
 * saves making and collecting the same large buffers again and again.
 *
 * Whoever finds it full, or finds none, works on heap memory instead, with the same result: see `takeBytes`.
 */
export class Arena<Memory extends { readonly buffer: ArrayBufferLike } = WebAssembly.Memory> {
  readonly memory: Memory;
  readonly #enlarge: (() => ArrayBufferLike | null) | undefined;
  #buffer: ArrayBufferLike;
  #isTooSmall = false;
  #hasGrown = false;
  readonly #free: FreeRanges;
  /** Bytes that each piece in use takes, by its offset. */
  readonly #taken = new PieceSizes();
  #bytesInUse = 0;

  /**
   * @param memory Its first 64 bytes are left alone: offset 0 says "none" to kernels.
   * @param enlarge Called at most once, when there was no room and nothing is in use any more: makes the memory larger and gives its buffer, or null
   *   where the platform has no more.
   */
  constructor(memory: Memory, enlarge?: () => ArrayBufferLike | null) {
    this.memory = memory;
    this.#enlarge = enlarge;
    this.#buffer = memory.buffer;
    this.#free = new FreeRanges(alignment, memory.buffer.byteLength);
  }

  /** Bytes that were taken and not given back, with their slack. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /**
   * Takes `bytes` bytes that begin at a multiple of 64; the 64 bytes behind them belong to the caller too, whatever they hold. What they hold
   * at first means nothing: it is NOT zero.
   *
   * @returns Null when there is no room in one piece.
   */
  allocate(bytes: number): Uint8Array<ArrayBuffer> | null {
    const size = (bytes + slack + alignment - 1) & -alignment;
    if (this.#isTooSmall && this.#bytesInUse === 0) this.#grow();
    const offset = this.#free.take(size);
    if (offset < 0) {
      this.#isTooSmall = this.#enlarge !== undefined && !this.#hasGrown;
      return null;
    }
    this.#taken.add(offset, size);
    this.#bytesInUse += size;
    const view = new Uint8Array(this.#buffer as ArrayBuffer, offset, bytes);
    if (poisonsMemory()) view.fill(0xaa);
    return view;
  }

  /**
   * Gives back what `allocate` gave: `view` is that view, or another one that begins where it does. Heap memory is left to the collector.
   *
   * @throws {CalveError} `INTERNAL`: it was given back before, or is no beginning of a piece.
   */
  free(view: ArrayBufferView): void {
    if (view.buffer !== this.#buffer) return;
    const size = this.#taken.remove(view.byteOffset);
    if (size === 0)
      throw new CalveError('INTERNAL', 'Memory was given back to the arena twice, or was never taken from it.', {
        recovery: 'report',
      });
    if (poisonsMemory()) new Uint8Array(this.#buffer, view.byteOffset, size).fill(0xaa);
    this.#bytesInUse -= size;
    this.#free.giveBack(view.byteOffset, view.byteOffset + size);
  }

  #grow(): void {
    this.#isTooSmall = false;
    this.#hasGrown = true;
    const end = this.#buffer.byteLength;
    const larger = this.#enlarge?.() ?? null;
    if (larger === null) return;
    this.#buffer = larger;
    this.#free.giveBack(end, larger.byteLength);
  }

  /** Where a view begins in the memory that kernels see, in bytes; -1 for heap memory, which they do not see. */
  offsetOf(view: ArrayBufferView): number {
    return view.buffer === this.#buffer ? view.byteOffset : -1;
  }
}

let own: Arena | null = null;

/** The arena of this thread, made at the first call; null where there is no WebAssembly, or it is switched off. */
export function arena(): Arena | null {
  if (!usesWebAssembly()) return null;
  own ??= newArena();
  return own;
}

function newArena(): Arena | null {
  try {
    const memory = new WebAssembly.Memory({ initial: firstBytes / pageBytes, maximum: mostBytes / pageBytes });
    return new Arena(memory, () =>
      unlessRefused(() => {
        memory.grow((mostBytes - firstBytes) / pageBytes);
        return memory.buffer;
      }),
    );
  } catch (error) {
    // A process with little address space, or a page that is not allowed as much, works without it.
    if (!(error instanceof RangeError)) throw error;
    refuseWebAssembly();
    return null;
  }
}

/** What `work` gives; null where the platform has not as much memory. */
function unlessRefused<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

type PlainArena = Arena<{ readonly buffer: ArrayBuffer }>;

/** Of a thread without WebAssembly; null: not made yet, or refused. */
let plain: PlainArena | null = null;
let refusesPlain = false;

function plainArena(): PlainArena | null {
  if (plain !== null || refusesPlain) return plain;
  const buffer = unlessRefused(() => new ArrayBuffer(firstBytes));
  if (buffer !== null) {
    plain = new Arena({ buffer }, () => unlessRefused(() => new ArrayBuffer(mostBytes)));
    // An engine compiles what reads bytes for buffers that are never freed, and compiles all of it again once one is, as happens with the first row
    // group. Here nothing is compiled yet.
    freeBuffer(new Uint8Array(1));
  }
  refusesPlain = buffer === null;
  return plain;
}

/** Memory for a hot buffer: of the arena while it has room, else of the heap. What it holds at first means nothing. To be given back. */
export function takeBytes(bytes: number): Uint8Array<ArrayBuffer> {
  const taken = (arena() ?? plainArena())?.allocate(bytes);
  if (taken) return taken;
  const heap = new Uint8Array(bytes);
  if (poisonsMemory()) heap.fill(0xaa);
  return heap;
}

/**
 * Gives back what `takeBytes` gave, through any view that begins where it does. The owner calls it once, also when his work failed. It holds
 * too while WebAssembly is switched off.
 *
 * @throws {CalveError} `INTERNAL`: it was given back before.
 */
export function giveBytesBack(view: ArrayBufferView): void {
  own?.free(view);
  plain?.free(view);
}

/** Where a view begins in the memory that kernels see, -1 when they do not see it or are switched off. */
export function offsetInArena(view: ArrayBufferView): number {
  return own === null || !usesWebAssembly() ? -1 : own.offsetOf(view);
}
