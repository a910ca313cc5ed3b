import type { SourceFile, Violation } from './source-tree.ts';
import { lineAt } from './source-tree.ts';

const longestFile = 400;
const drawers = new Set(['utils', 'util', 'common', 'helpers', 'helper', 'misc', 'shared', 'lib', 'manager']);

/** Names that say nothing about what is inside. */
export function checkNames(files: readonly SourceFile[]): Violation[] {
  const violations = new Map<string, Violation>();
  for (const { path } of files) {
    const parts = path.split('/');
    for (const [place, part] of parts.entries()) {
      const stem = part.replace(/\..*$/, '').toLowerCase();
      if (!drawers.has(stem) && !drawers.has(stem.split('-').at(-1) ?? '')) continue;
      const found = parts.slice(0, place + 1).join('/');
      violations.set(found, { path: found, message: `"${part}" is a drawer for anything; name it after what is inside.` });
    }
  }
  return [...violations.values()];
}

/** One concept per file has an upper end. */
export function checkLength(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = [];
  for (const { path, text } of files) {
    if (!/^packages\/[^/]+\/src\/.*\.ts$/.test(path)) continue;
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > longestFile)
      violations.push({ path, message: `has ${lines} lines, more than ${longestFile}; divide it by concept.` });
  }
  return violations;
}

/** Tests that silence others or themselves. A tier that is not on this machine is left out by `requireTier`, which says so. */
export function checkTests(files: readonly SourceFile[]): Violation[] {
  const silenced = /\b(?:it|test|describe|suite|bench)(?:\.\w+)*\.(only|skip|todo)(?=\s*[(.<`])/g;
  return files
    .filter(({ path }) => /\.test(-d)?\.ts$/.test(path))
    .flatMap((file) =>
      find(file, silenced, (found) => `"${found}" leaves tests out; make it pass, or delete it and write down what is missing.`),
    );
}

// Written in parts, so that this file does not name them itself.
const machineFolders = ['work', 'root'].map((name) => `/${name}/`);
const registries = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['repo1', 'maven', 'org'],
  ['repo', 'maven', 'apache', 'org'],
  ['proxy', 'golang', 'org'],
].map((parts) => parts.join('.'));

/** Paths of somebody's machine, and registries that another machine reaches under another name. */
export function checkPlaces(files: readonly SourceFile[]): Violation[] {
  const machine = new RegExp(`(?<![\\w.\\-])(?:${machineFolders.join('|')})`, 'g');
  const registry = new RegExp(`(?<![\\w.\\-])(?:${registries.map((host) => host.replaceAll('.', '\\.')).join('|')})`, 'g');
  return files.flatMap((file) => [
    ...find(file, machine, (found) => `"${found}" is a path of one machine; use a relative path or a temporary folder.`),
    ...find(file, registry, (found) => `"${found}" fixes a registry; leave the choice to the configuration of the machine.`),
  ]);
}

function find(file: SourceFile, pattern: RegExp, message: (found: string) => string): Violation[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index + 1),
    message: message(match[0]),
  }));
}
