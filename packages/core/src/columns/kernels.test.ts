import { describe, expect, it } from 'vitest';
import { wasm } from '../kernels.wasm.ts';
import { giveBytesBack, offsetInArena, takeBytes } from './arena.ts';
import { Kernels } from './kernels.ts';
import { usesWebAssembly, withoutWebAssembly } from './web-assembly.ts';

type Exports = { int32Cells(...numbers: number[]): number };

describe('compiled kernels', () => {
  it('work on the memory of the arena', async () => {
    const kernels = new Kernels<Exports>(async () => ({ wasm }));
    expect(kernels.current).toBeNull();
    await kernels.open();
    const text = takeBytes(8);
    text.set(new TextEncoder().encode('-12 99x7'));
    const cells = takeBytes(24);
    const words = new Uint32Array(cells.buffer, cells.byteOffset, 6);
    words.set([0, 4, 7, 3, 7, 8]);
    const states = takeBytes(3).fill(1);
    const values = takeBytes(12);
    const at = offsetInArena(cells);
    const convert = (first: number): number =>
      kernels.current!.int32Cells(offsetInArena(text), 0, at, at + 12, offsetInArena(states), first, 3, offsetInArena(values));
    // It stops at a cell that is no such number, and goes on behind it.
    expect([convert(0), convert(2)]).toEqual([1, -1]);
    expect([...states]).toEqual([1, 1, 1]);
    const numbers = new Int32Array(values.buffer, values.byteOffset, 3);
    expect([numbers[0], numbers[2]]).toEqual([-12, 7]);
    for (const view of [text, cells, states, values]) giveBytesBack(view);
  });

  it('are loaded once, and not where WebAssembly is switched off', async () => {
    let loads = 0;
    const kernels = new Kernels<Exports>(async () => {
      loads += 1;
      return { wasm };
    });
    await withoutWebAssembly(() => kernels.open());
    expect([loads, kernels.current]).toEqual([0, null]);
    await Promise.all([kernels.open(), kernels.open()]);
    expect(loads).toBe(1);
    expect(kernels.current).not.toBeNull();
    expect(withoutWebAssembly(() => kernels.current)).toBeNull();
  });

  it('are off until the promise is settled, also when it fails', async () => {
    const work = withoutWebAssembly(async () => {
      await Promise.resolve();
      expect(usesWebAssembly()).toBe(false);
      throw new TypeError('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect(usesWebAssembly()).toBe(true);
    expect(() =>
      withoutWebAssembly(() => {
        throw new TypeError('at once');
      }),
    ).toThrow('at once');
    expect(usesWebAssembly()).toBe(true);
  });
});
