import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fewChunks, type LoadOrder } from './few-chunks.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-chunks-'));
  const uses = { index: ['a', 'b'], one: ['a', 'c'], two: ['b', 'c', 'd'], alone: ['d'] };
  const modules: Record<string, string> = {
    ...Object.fromEntries(
      Object.values(uses)
        .flat()
        .map((name) => [`${name}.ts`, `export const ${name} = ['module ${name}'];`]),
    ),
    ...Object.fromEntries(Object.entries(uses).map(([name, used]) => [`${name}.ts`, importing(used)])),
  };
  modules['index.ts'] += "export const later = () => [import('./one.ts'), import('./two.ts')];";
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), `${text}\n`);
  writeFileSync(join(folder, 'package.json'), '{"sideEffects":false}');
});
afterEach(() => rmSync(folder, { recursive: true }));

function importing(names: readonly string[]): string {
  const imports = names.map((name) => `import { ${name} } from './${name}.ts';\n`).join('');
  return `${imports}export const used = [${names.join()}];\n`;
}

/** Which of the modules `a` to `d` stand together in a file. */
async function together(order?: LoadOrder): Promise<string[]> {
  const { outputFiles, warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ['index.ts', 'alone.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
    plugins: order ? [fewChunks(order)] : [],
  });
  expect(warnings).toEqual([]);
  const found = outputFiles.map(({ text }) => [...text.matchAll(/"module (.)"/g)].map(([, name]) => name).join(''));
  return found.filter((modules) => modules !== '').toSorted();
}

it('puts what is loaded before anyway into one file', async () => {
  expect(await together()).toEqual(['a', 'b', 'c', 'd']);
  expect(await together({ first: ['index.ts'] })).toEqual(['ab', 'c', 'd']);
  expect(await together({ first: ['index.ts'], before: { 'index.ts': ['c.ts'] } })).toEqual(['abc', 'd']);
});

it('leaves alone what is loaded alone', async () => {
  const order = { first: ['index.ts'], before: { 'index.ts': ['c.ts', 'd.ts'] } };
  expect(await together(order)).toEqual(['abcd']);
  expect(await together({ ...order, before: { ...order.before, 'alone.ts': [] } })).toEqual(['abc', 'd']);
});
