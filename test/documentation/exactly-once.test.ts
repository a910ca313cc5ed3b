import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leaseLabels, ledgerLabels, stepLabels } from '../crash/step-labels.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = 'docs/architecture/exactly-once.md';
const text = readFileSync(join(root, page), 'utf8');

/** Tests that the page names: the link goes to the file, and its text is the title. */
const named = [...text.matchAll(/\[([^\]]+)\]\(([^)]+\.ts)\)/g)].map(([, title = '', path = '']) => ({
  title,
  path: join(dirname(page), path),
}));

/** Rows of the tables whose last column names tests. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| -+ \|/.test(line))
  .filter((line) => !/\| test +\|$/.test(line));

function sourceOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The words of a union type of texts, as a source file has it. */
function wordsOf(path: string, type: string): string[] {
  const [, body = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(sourceOf(path)) ?? [];
  return [...body.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

describe('the page about exactly once', () => {
  it.each(named)('names the test "$title", which exists in $path', ({ title, path }) => {
    expect(existsSync(join(root, path)), path).toBe(true);
    const isTitle = [`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) => sourceOf(path).includes(literal));
    expect(isTitle, `${path} has no test "${title}"`).toBe(true);
  });

  it('names a test in every row of every table', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => !/\.ts\) *\|$/.test(row))).toEqual([]);
    expect(named.length).toBeGreaterThan(rows.length);
  });

  it('has every state of an output, and every decision', () => {
    const states = wordsOf('packages/core/src/checkpoint/commit-intent.ts', 'OutputState');
    const decisions = wordsOf('packages/sink-iceberg/src/commit/decide.ts', 'Decision');
    expect(states.length).toBeGreaterThan(4);
    expect(decisions.length).toBeGreaterThan(5);
    for (const word of [...states, ...decisions]) expect(text, word).toContain(`\`${word}\``);
  });

  it('has every step of the engine', () => {
    for (const label of [...stepLabels('core'), ...ledgerLabels(), ...leaseLabels()])
      expect(text, label).toContain(`\`${label}\``);
  });
});
