import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** One text file of the repository. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  path: string;
  text: string;
}

/** One place that breaks a rule. */
export interface Violation {
  path: string;
  /** From 1. Absent where the whole file or folder is meant. */
  line?: number;
  /** What is wrong and what to do instead. */
  message: string;
}

/** One import, export-from or dynamic import with a constant name. */
export interface ImportedName {
  name: string;
  line: number;
}

/** All text files that are in version control or would be with the next `git add`. */
export function readTree(root: string): SourceFile[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files: SourceFile[] = [];
  for (const path of listing.split('\0')) {
    const stats = path === '' ? undefined : statSync(join(root, path), { throwIfNoEntry: false });
    if (!stats?.isFile()) continue; // deleted, but not committed yet
    const bytes = readFileSync(join(root, path));
    if (!bytes.includes(0)) files.push({ path, text: bytes.toString('utf8') });
  }
  return files;
}

/** What a TypeScript file imports. Comments and strings do not count. */
export function importsOf(file: SourceFile): ImportedName[] {
  return ts.preProcessFile(file.text, true, false).importedFiles.map(({ fileName, pos }) => ({
    name: fileName,
    line: lineAt(file.text, pos),
  }));
}

/** Line, from 1, of a place in a text. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < place; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** True for TypeScript. */
export function isTypeScript(file: SourceFile): boolean {
  return file.path.endsWith('.ts');
}

/** True for tests and what only tests use: `*.test.ts`, `*.test-d.ts`, `*.fixture.ts`, and the folders `test`, `testing` and `bench`. */
export function isTestFile(file: Pick<SourceFile, 'path'>): boolean {
  return /\.(test|test-d|fixture)\.ts$/.test(basename(file.path)) || /(^|\/)(test|testing|bench)\//.test(file.path);
}

/** Folder name of the package that a file belongs to; null outside of `packages/`. */
export function packageOf(path: string): string | null {
  return /^packages\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** The package that a bare import comes from: `@calve/core/plugin` is of `@calve/core`. */
export function packageName(imported: string): string {
  return imported
    .split('/')
    .slice(0, imported.startsWith('@') ? 2 : 1)
    .join('/');
}

/** True for imports that name a package, not a file, a Node module or an entry of `imports`. */
export function isBare(imported: string): boolean {
  return !/^(\.|\/|#|node:)/.test(imported);
}
