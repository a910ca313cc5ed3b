import { arena } from './arena.ts';
import { NodeBuffer } from './node-buffer.ts';
import { refuseWebAssembly, usesWebAssembly } from './web-assembly.ts';

/** What `tools/build-assembly.ts` generates: the compiled kernels of one package, as text that every bundler keeps. */
export interface KernelModule {
  /** WebAssembly in base64. It imports the memory `env.memory` and nothing else. */
  readonly wasm: string;
}

/**
 * The compiled kernels of one package, over the arena of this thread.
 *
 * ```ts
 * export const csvKernels = new Kernels<CsvKernels>(() => import('./kernels.wasm.ts'));
 * await csvKernels.open(); // before the first batch, where waiting is possible
 * const compiled = csvKernels.current; // null: work in plain JavaScript
 * ```
 *
 * @typeParam Exports Functions that take and return numbers.
 */
export class Kernels<Exports extends object> {
  readonly #load: () => Promise<KernelModule>;
  #opening: Promise<void> | undefined;
  #exports: Exports | null = null;

  /** @param load Imports the generated module; called at most once. */
  constructor(load: () => Promise<KernelModule>) {
    this.#load = load;
  }

  /** Loads and compiles, once. Afterwards `current` is the same until the thread ends. */
  open(): Promise<void> {
    if (!usesWebAssembly()) return Promise.resolve();
    this.#opening ??= this.#compile();
    return this.#opening;
  }

  /** The kernels; null before they are open, where there is no WebAssembly, and while it is switched off. */
  get current(): Exports | null {
    return this.#exports !== null && usesWebAssembly() ? this.#exports : null;
  }

  async #compile(): Promise<void> {
    const { wasm } = await this.#load();
    const memory = arena()?.memory;
    if (memory === undefined) return;
    try {
      const module = new WebAssembly.Module(bytesOf(wasm));
      this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
    } catch (error) {
      // No SIMD, or a page whose policy forbids compiling: the plain twins give the same values.
      if (!(error instanceof WebAssembly.CompileError || error instanceof RangeError)) throw error;
      refuseWebAssembly();
    }
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return NodeBuffer?.from(base64, 'base64') ?? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
