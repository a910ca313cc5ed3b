import { describe, expect, it } from 'vitest';
import { Arena, arena, giveBytesBack, offsetInArena, takeBytes } from './arena.ts';
import { BatchMemory, poisonReleasedMemory } from './batch-memory.ts';
import { withoutWebAssembly } from './web-assembly.ts';

const smallArena = (): Arena => new Arena(new WebAssembly.Memory({ initial: 1, maximum: 1 }));

describe('the arena', () => {
  it('gives memory at multiples of 64, with 64 bytes behind it that belong to nobody else', () => {
    const own = smallArena();
    const views = [1, 63, 64, 65, 0, 1_000].map((bytes) => own.allocate(bytes)!);
    expect(views.map((view) => view.length)).toEqual([1, 63, 64, 65, 0, 1_000]);
    const offsets = views.map((view) => own.offsetOf(view));
    expect(offsets.every((offset) => offset > 0 && offset % 64 === 0)).toBe(true);
    for (const [index, offset] of offsets.slice(1).entries())
      expect(offset - offsets[index]! - views[index]!.length).toBeGreaterThanOrEqual(64);
  });

  it('is full when no piece is large enough, and has everything again when all is given back', () => {
    const own = smallArena();
    const pieces: Uint8Array[] = [];
    for (let piece = own.allocate(5_000); piece !== null; piece = own.allocate(5_000)) pieces.push(piece);
    expect(pieces).toHaveLength(12);
    expect(own.bytesInUse).toBe(12 * 5_120);
    for (const piece of pieces) own.free(piece);
    expect(own.bytesInUse).toBe(0);
    expect(own.allocate(65_536 - 128)).not.toBeNull();
    expect(own.allocate(0)).toBeNull();
  });

  it('grows once, after it had no room and when nothing is in use, so that no view is ever cut off', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
    let asked = 0;
    const own = new Arena(memory, () => {
      asked += 1;
      memory.grow(2);
      return memory.buffer;
    });
    const piece = own.allocate(40_000)!;
    expect(own.allocate(40_000)).toBeNull();
    expect(own.allocate(100)).not.toBeNull();
    own.free(piece.subarray(0, 8));
    expect([asked, piece.length]).toEqual([0, 40_000]);
    own.free(new Uint8Array(memory.buffer, 40_128, 1));
    const larger = own.allocate(150_000)!;
    expect([asked, larger.length, own.offsetOf(larger)]).toEqual([1, 150_000, 64]);
    expect(own.allocate(60_000)).toBeNull();
    own.free(larger);
    expect(own.allocate(200_000)).toBeNull();
    expect([asked, own.allocate(180_000)?.length]).toEqual([1, 180_000]);
  });

  it('stays as it is where the platform has no more', () => {
    const own = new Arena(new WebAssembly.Memory({ initial: 1, maximum: 1 }), () => null);
    expect(own.allocate(100_000)).toBeNull();
    expect([own.allocate(100_000), own.allocate(60_000)?.length]).toEqual([null, 60_000]);
  });

  it('takes a piece back through any view that begins where it does, once', () => {
    const own = smallArena();
    const piece = own.allocate(400)!;
    own.free(new Int32Array(piece.buffer, piece.byteOffset, 100));
    const twice = expect.objectContaining({ code: 'INTERNAL', recovery: { kind: 'report' } });
    expect(() => own.free(piece)).toThrow(twice);
    const other = own.allocate(400)!;
    expect(() => own.free(other.subarray(64))).toThrow(twice);
  });

  it('leaves heap memory to the collector, and knows that kernels do not see it', () => {
    const own = smallArena();
    own.free(new Uint8Array(8));
    expect(own.offsetOf(new Uint8Array(8))).toBe(-1);
  });

  it('fills what is taken and what is given back when memory is poisoned', () => {
    const own = smallArena();
    const piece = own.allocate(3)!;
    expect([...piece]).toEqual([0xaa, 0xaa, 0xaa]);
    piece.fill(1);
    own.free(piece);
    expect([...piece]).toEqual([0xaa, 0xaa, 0xaa]);
    poisonReleasedMemory(false);
    try {
      const kept = own.allocate(3)!;
      kept.fill(7);
      own.free(kept);
      expect([...kept]).toEqual([7, 7, 7]);
    } finally {
      poisonReleasedMemory(true);
    }
  });
});

describe('memory for hot buffers', () => {
  it('comes from the one arena of the thread, and goes back when the batch over it is released', () => {
    const before = arena()!.bytesInUse;
    const piece = takeBytes(100);
    expect(offsetInArena(piece)).toBe(arena()!.offsetOf(piece));
    expect(offsetInArena(piece)).toBeGreaterThan(0);
    expect(arena()).toBe(arena());
    new BatchMemory([piece], () => giveBytesBack(piece)).release();
    expect(arena()!.bytesInUse).toBe(before);
  });

  it('comes from the heap when the arena has no room', () => {
    const piece = takeBytes(arena()!.memory.buffer.byteLength);
    expect(offsetInArena(piece)).toBe(-1);
    giveBytesBack(piece);
  });

  it('is used again where there is no WebAssembly, too', () => {
    withoutWebAssembly(() => {
      const first = takeBytes(1_000);
      const second = takeBytes(1_000);
      expect(second.buffer).toBe(first.buffer);
      expect(second.byteOffset).toBeGreaterThan(first.byteOffset + 1_000);
      giveBytesBack(first);
      const again = takeBytes(500);
      expect(again.byteOffset).toBe(first.byteOffset);
      for (const piece of [second, again]) giveBytesBack(piece);
      expect(() => giveBytesBack(again)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    });
  });

  it('is not seen by kernels where WebAssembly is switched off; older pieces go back all the same', () => {
    const before = arena()!.bytesInUse;
    const older = takeBytes(10);
    withoutWebAssembly(() => {
      expect(arena()).toBeNull();
      expect(offsetInArena(older)).toBe(-1);
      const piece = takeBytes(10);
      expect(offsetInArena(piece)).toBe(-1);
      for (const each of [older, piece]) giveBytesBack(each);
    });
    expect(arena()!.bytesInUse).toBe(before);
  });
});
