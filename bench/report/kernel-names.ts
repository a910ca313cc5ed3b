import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename, join } from 'node:path';

/** Packages with compiled kernels. */
const packages = ['core', 'format-csv', 'format-json', 'sink-iceberg'];
const EXPORTS_SECTION = 7;
const FUNCTION = 0;

/**
 * Names of compiled kernels, as profiles of V8 have them: by `5a3d43f2:wasm-function[1]`, where a module is told by a hash of V8's own. A function
 * that a package does not export has the name of the package alone.
 */
export function kernelNames(root: string): (script: string, name: string) => string | null {
  const modules = new Map<string, { title: string; functions: ReadonlyMap<number, string> }>();
  const session = new Session();
  session.connect();
  let script = '';
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (params.url.startsWith('wasm://')) script = basename(params.url);
  });
  session.post('Debugger.enable');
  for (const title of packages) {
    const bytes = readFileSync(join(root, 'packages', title, 'assembly', 'kernels.wasm'));
    new WebAssembly.Module(bytes);
    if (script !== '') modules.set(script, { title, functions: exportedFunctions(bytes) });
    script = '';
  }
  session.disconnect();
  return (place, name) => {
    const module = modules.get(place);
    const index = /^wasm-function\[(\d+)\]$/.exec(name)?.[1];
    if (module === undefined || index === undefined) return null;
    return `${module.title}: ${module.functions.get(Number(index)) ?? name}`;
  };
}

/** By number of the function. https://webassembly.github.io/spec/core/binary/modules.html#export-section */
function exportedFunctions(bytes: Uint8Array): Map<number, string> {
  const names = new Map<number, string>();
  let at = 8;
  /** An unsigned number in LEB128. */
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++]!;
    const end = number() + at;
    for (let left = section === EXPORTS_SECTION ? number() : 0; left > 0; left -= 1) {
      const length = number();
      const name = Buffer.from(bytes.subarray(at, at + length)).toString();
      at += length;
      const kind = bytes[at++]!;
      const index = number();
      if (kind === FUNCTION) names.set(index, name);
    }
    at = end;
  }
  return names;
}
