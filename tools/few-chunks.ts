import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** Paths of modules, relative to the folder of the package. */
export interface LoadOrder {
  /** Loaded before every entry and every module that is loaded on demand, with all that they import. */
  readonly first: readonly string[];
  /** Further modules that are loaded before one of those. None: it may be loaded alone, without `first`. */
  readonly before?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A plugin of esbuild that makes fewer chunks. Left alone, esbuild makes one for each set of entries that use a module, which came to 78 files for
 * loading one CSV file, most of them of 2 kB; and Node takes a millisecond to find, read and link a file. What is loaded earlier anyway need not be
 * told apart: with this, a module that is loaded later counts as a user of it.
 *
 * For modules without side effects: what was to be loaded before is evaluated before, if it was not.
 */
export function fewChunks({ first, before = {} }: LoadOrder): Plugin {
  return {
    name: 'few-chunks',
    setup(build) {
      const folder = build.initialOptions.absWorkingDir ?? process.cwd();
      const path = (name: string): string => resolve(folder, name);
      const roots = new Map<string, string[]>();
      for (const name of first) roots.set(path(name), []);
      for (const [name, earlier] of Object.entries(before)) roots.set(path(name), earlier.map(path));
      // These imports are there to be counted: nothing is used of them.
      build.initialOptions.logOverride = { ...build.initialOptions.logOverride, 'ignored-bare-import': 'silent' };
      build.onResolve({ filter: /\.ts$/ }, ({ kind, path: name, resolveDir }) => {
        const resolved = kind === 'entry-point' ? path(name) : kind === 'dynamic-import' ? resolve(resolveDir, name) : null;
        if (resolved !== null && !roots.has(resolved)) roots.set(resolved, first.map(path));
        return null;
      });
      build.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => {
        const earlier = roots.get(loaded) ?? [];
        if (earlier.length === 0) return null;
        const imports = earlier.map((module) => `import ${JSON.stringify(`./${relative(dirname(loaded), module)}`)};`);
        return { contents: [readFileSync(loaded, 'utf8'), ...imports].join('\n'), loader: 'ts' };
      });
    },
  };
}
