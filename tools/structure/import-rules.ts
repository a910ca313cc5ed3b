import { dirname, posix } from 'node:path';
import type { ImportedName, SourceFile, Violation } from './source-tree.ts';
import { importsOf, isTestFile, isTypeScript, packageName, packageOf } from './source-tree.ts';

/** The one folder of core that may know Node. */
const coreNodeFolder = 'packages/core/src/run/node/';

/** Packages that may import whatever they like. */
const freePackages = new Set(['cli', 'parity']);

/** Who may import whom, and how imports are written. */
export function checkImports(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = [];
  for (const file of files.filter(isTypeScript)) {
    for (const imported of importsOf(file)) {
      const message = /^\.\.?\//.test(imported.name) ? relativeProblem(file, imported) : absoluteProblem(file, imported);
      if (message) violations.push({ path: file.path, line: imported.line, message });
    }
  }
  return violations;
}

function relativeProblem(file: SourceFile, { name }: ImportedName): string | null {
  const target = posix.join(dirname(file.path), name);
  if (!/\.(ts|json)$/.test(name)) return `"${name}" must end with .ts: Node runs these files as they are.`;
  if (target.startsWith('examples/') && !/^(examples|test)\//.test(file.path)) {
    return `"${name}" imports an example; only examples and test/, which runs them, may.`;
  }
  const home = packageOf(file.path);
  if (home !== null && !isTestFile(file) && isTestFile({ path: target }))
    return `"${name}" is for tests only; it would be shipped with this file.`;
  if (home === null || target.startsWith(`packages/${home}/`)) return null;
  if (isTestFile(file) && target.startsWith('test/readers/')) return null;
  // How a package is built is not shipped with it.
  if (file.path.endsWith('/tsup.config.ts') && target.startsWith('tools/')) return null;
  return `"${name}" leaves the package; import the other package by its name.`;
}

function absoluteProblem(file: SourceFile, { name }: ImportedName): string | null {
  if (name.startsWith('example-')) return `"${name}" is an example, which no package is built on.`;
  const home = packageOf(file.path);
  if (home === null || freePackages.has(home)) return null;
  const test = isTestFile(file);
  if (home === 'core' && name.startsWith('node:') && !test && !file.path.startsWith(coreNodeFolder)) {
    return `core runs without Node outside of ${coreNodeFolder}; take what "${name}" gives from Environment.`;
  }
  if (!name.startsWith('@calve/')) return null;
  const wanted = packageName(name);
  if (wanted === `@calve/${home}`) return test ? null : `a package imports its own files by relative paths, not as "${name}".`;
  if (wanted === '@calve/core') {
    const isForPlugins = ['@calve/core/plugin', '@calve/core/node'].includes(name) || test || home === 'testkit';
    return isForPlugins
      ? null
      : `plugins import from "@calve/core/plugin", or what needs Node from "@calve/core/node", not from "${name}".`;
  }
  if (wanted === '@calve/testkit' && test) return null;
  if (home === 'core') return `core knows no plugin; it cannot import "${name}".`;
  if (home === 'testkit') return `testkit builds on core only; it cannot import "${name}".`;
  return `a plugin builds on core only${test ? ', its tests on testkit too' : ''}; it cannot import "${name}".`;
}
