import { offsetInArena } from '../../columns/arena.ts';
import { type ProjectionKernels, projectionKernels } from '../compiled-kernels.ts';
import { packedCount, tokenBytes } from './packed-tokens.ts';
import type { TextCells, TextPreparation } from './text-cells.ts';

const longestLength = 0x7fff_ffff;

/**
 * Where compiled kernels find the texts of a column: offsets in the arena. `kernels` is null, and the offsets mean nothing, when a part of
 * them is not there: then the twins work.
 */
export class CompiledCells {
  kernels: ProjectionKernels | null = null;
  source = -1;
  scratch = 0;
  starts = -1;
  ends = -1;
  states = -1;
  /** Room for tokens. */
  #tokens: Uint8Array | null = null;

  /** Looks up where everything is now. */
  point(cells: TextCells): void {
    this.kernels = null;
    const kernels = projectionKernels.current;
    if (kernels === null) return;
    this.source = offsetInArena(cells.source);
    this.starts = offsetInArena(cells.starts);
    this.ends = offsetInArena(cells.ends);
    this.states = offsetInArena(cells.states);
    this.scratch = cells.scratchLength === 0 ? 0 : offsetInArena(cells.scratch);
    if (Math.min(this.source, this.scratch, this.starts, this.ends, this.states) >= 0) this.kernels = kernels;
  }

  /** Forgets memory that is about to be given back. */
  forget(): void {
    this.kernels = null;
    this.#tokens = null;
  }

  /**
   * Fills `cells.states`.
   *
   * @returns How many cells are null; -1 when the twin has to do it.
   */
  loadStates(cells: TextCells, validity: Uint8Array | undefined, { trim, nulls, longest }: TextPreparation): number {
    const { kernels } = this;
    if (kernels === null || trim) return -1;
    const tokens = nulls === null ? 0 : nulls.packed === null ? -1 : this.placeTokens(cells, nulls.packed);
    const bits = validity === undefined ? 0 : offsetInArena(validity);
    if (tokens < 0 || bits < 0) return -1;
    return kernels.cellStates(
      this.source,
      cells.source.length,
      this.starts,
      this.ends,
      bits,
      cells.rows,
      tokens,
      nulls?.packed ? packedCount(nulls.packed) : 0,
      Math.min(longest, longestLength),
      this.states,
    );
  }

  /** Puts tokens where kernels see them, until the next ones come; -1: they cannot be put there. */
  placeTokens(cells: TextCells, packed: Uint8Array): number {
    this.#tokens ??= cells.takeWork(tokenBytes);
    this.#tokens.set(packed);
    return offsetInArena(this.#tokens);
  }
}
