import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A test that a page names: the link goes to the file, and its text is the title. */
export interface NamedTest {
  title: string;
  path: string;
}

/** A file of the repository as text. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** All tests that a page names. */
export function testsNamedBy(page: string): NamedTest[] {
  return [...textOf(page).matchAll(/\[([^\]]+)\]\(([^)]+\.ts)\)/g)].map(([, title = '', path = '']) => ({
    title,
    path: join(dirname(page), path),
  }));
}

/** What is wrong with the name of a test; null: it is there. */
export function missingTest({ title, path }: NamedTest): string | null {
  if (!existsSync(join(root, path))) return `there is no ${path}`;
  const text = textOf(path);
  const isThere = [`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => text.includes(literal));
  return isThere ? null : `${path} has no test "${title}"`;
}

/** The words of a union type of texts, as a source file has it. */
export function wordsOf(path: string, type: string): string[] {
  const [, body = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(textOf(path)) ?? [];
  return [...body.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}
