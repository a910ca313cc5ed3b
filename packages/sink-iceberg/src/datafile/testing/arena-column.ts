import type { ColumnData } from '@calve/core/plugin';
import { BatchMemory, columnBuffers, giveBytesBack, takeBytes } from '@calve/core/plugin';

/** A copy of a column where compiled kernels see it, as decoders and projections give them, and its memory. */
export function arenaColumn(column: ColumnData): { column: ColumnData; memory: BatchMemory } {
  const copy = copyOf(column);
  const buffers = columnBuffers(copy);
  return {
    column: copy,
    memory: new BatchMemory(buffers, () => {
      for (const buffer of buffers) giveBytesBack(buffer);
    }),
  };
}

/** The same bytes in the arena, as long as it has room. */
export function arenaBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const taken = takeBytes(bytes.length);
  taken.set(bytes);
  return taken;
}

function copyOf<Part>(part: Part): Part {
  if (part instanceof Uint8Array) return arenaBytes(part) as Part;
  if (part instanceof Int32Array || part instanceof Uint32Array) {
    const { buffer, byteOffset } = arenaBytes(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    return (
      part instanceof Int32Array
        ? new Int32Array(buffer, byteOffset, part.length)
        : new Uint32Array(buffer, byteOffset, part.length)
    ) as Part;
  }
  if (Array.isArray(part)) return part.map(copyOf) as Part;
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, copyOf(value)])) as Part;
}
