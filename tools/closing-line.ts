import type { Reporter, TestModule } from 'vitest/node';

/** How many tests ended how. A file that could not be loaded and an error outside of any test count as one failure each. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The last line of a test run. */
export function closingLine(counts: TestCounts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** Counts the tests of all files, and what went wrong outside of them. */
export function countTests(modules: readonly Pick<TestModule, 'children' | 'errors'>[], errorsOutside: number): TestCounts {
  const counts: TestCounts = { passed: 0, failed: errorsOutside, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length > 0 ? 1 : 0;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length > 0 ? 1 : 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed++;
      else if (state === 'skipped') counts.skipped++;
      else counts.failed++; // `pending`: the run was broken off before this test ended
    }
  }
  return counts;
}

/**
 * A vitest reporter that ends the output with `12 passed, 0 failed, 0 skipped`. A run in which no test was executed is a failure:
 * a wrong path or a pattern without a match must not look like success. Must be the last reporter of the list.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = countTests(modules, errors.length);
    if (counts.passed + counts.failed === 0) {
      process.stdout.write('\nNo test was executed.\n');
      process.exitCode = 1;
    }
    if (counts.failed > 0) process.exitCode = 1;
    process.stdout.write(`\n${closingLine(counts)}\n`);
  }
}
