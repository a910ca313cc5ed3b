import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileAssembly } from './compile-assembly.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'calve-assembly-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const compiled = (text: string, others: Record<string, string> = {}): Promise<Uint8Array> => {
  for (const [name, content] of Object.entries({ ...others, 'index.ts': text })) writeFileSync(join(root, name), content);
  return compileAssembly(root, 'index.ts');
};

describe('AssemblyScript', () => {
  it('becomes the same module every time, of functions over memory that is not its own', async () => {
    const sources = [
      "import { twice } from './twice.ts';\nexport function add(at: i32): i32 { return load<i32>(at) + twice(load<i32>(at + 4)); }",
      { 'twice.ts': 'export function twice(value: i32): i32 { return value * 2; }' },
    ] as const;
    const wasm = await compiled(...sources);
    expect(await compiled(...sources)).toEqual(wasm);
    const memory = new WebAssembly.Memory({ initial: 2048, maximum: 2048 });
    const { instance } = await WebAssembly.instantiate(new Uint8Array(wasm), { env: { memory } });
    new Int32Array(memory.buffer).set([20, 11], 16);
    expect((instance.exports['add'] as (at: number) => number)(64)).toBe(42);
  });

  it.each([
    ['a text in it', 'export function first(): i32 { return "text".charCodeAt(0); }', 'has static data'],
    ['a function of the host', 'declare function ask(): i32; export function first(): i32 { return ask(); }', 'imports'],
    ['a mistake', 'export function first(): i32 { return nothing; }', "Cannot find name 'nothing'"],
  ])('with %s is refused', async (_, text, problem) => {
    await expect(compiled(text)).rejects.toThrow(problem);
  });
});
