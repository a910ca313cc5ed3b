import { describe, expect, it } from 'vitest';
import { leaseLabels, ledgerLabels, stepLabels } from '../crash/step-labels.ts';
import { missingTest, testsNamedBy, textOf, wordsOf } from './named-tests.ts';

const page = 'docs/architecture/exactly-once.md';
const text = textOf(page);
const named = testsNamedBy(page);

/** Rows of the tables whose last column names tests. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| -+ \|/.test(line))
  .filter((line) => !/\| test +\|$/.test(line));

describe('the page about exactly once', () => {
  it.each(named)('names the test "$title", which exists in $path', (test) => {
    expect(missingTest(test)).toBeNull();
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
