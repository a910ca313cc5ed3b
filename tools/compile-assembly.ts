import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** Kernels work on memory that is not theirs: no runtime, no allocation, no data, no growing. */
const flags = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--noExportMemory', '--enable', 'simd'],
  // What would call the host ends in a trap, which no kernel reaches.
  ...['--use', 'abort='],
];

/**
 * Compiles AssemblyScript to WebAssembly. The same sources give the same bytes on every machine.
 *
 * @param root The folder that `entry` and what it imports is relative to.
 * @param entry Its exports are the kernels.
 * @throws {Error} It does not compile, or is more than functions over imported memory: the message says what.
 */
export async function compileAssembly(root: string, entry: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, '--outFile', 'kernels.wasm', ...flags], {
    // The compiler appends the ending that our imports have already.
    readFile: (name) => readIfThere(join(root, name.replace(/\.ts\.ts$/, '.ts'))),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`${entry} does not compile:\n${stderr.toString()}`);
  const problem = await problemOf(wasm);
  if (problem !== null) throw new Error(`${entry} ${problem}.`);
  return wasm;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // It asks for `a.ts/index.ts` too.
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return null;
  }
}

/** Sections of a WebAssembly module by their numbers, as the specification gives them (core, "Binary Format", "Modules"). */
const memorySection = 5;
const startSection = 8;
const dataSection = 11;

/** What makes a module unfit to share memory with others; null for one that is fit. */
async function problemOf(wasm: Uint8Array): Promise<string | null> {
  const module = await WebAssembly.compile(new Uint8Array(wasm));
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name, kind }) => `${kind} ${from}.${name}`);
  if (imports.join() !== 'memory env.memory') return `imports ${imports.join(', ')}; kernels import their memory only`;
  const others = WebAssembly.Module.exports(module).filter(({ kind }) => kind !== 'function');
  if (others.length > 0) return `exports ${others.map(({ name }) => name).join(', ')}; kernels are functions`;
  const sections = sectionsOf(wasm);
  if (sections.includes(dataSection))
    return 'has static data, which would overwrite the memory of others; pass tables in by their offset';
  if (sections.includes(memorySection)) return 'has a memory of its own';
  if (sections.includes(startSection)) return 'runs code when it is loaded; make its constants plain numbers';
  return null;
}

function sectionsOf(wasm: Uint8Array): number[] {
  const sections: number[] = [];
  let at = 8;
  while (at < wasm.length) {
    sections.push(wasm[at]!);
    at += 1;
    let size = 0;
    let shift = 0;
    for (let more = true; more; at++, shift += 7) {
      size |= (wasm[at]! & 0x7f) << shift;
      more = (wasm[at]! & 0x80) !== 0;
    }
    at += size;
  }
  return sections;
}
