import type { Reporter, TestCase } from 'vitest/node';

/** How one test ended. */
export interface Verdict {
  /** Name of the fault that was in the code, or `as it is`. */
  project: string;
  file: string;
  title: string;
  state: string;
  /** By name and message. */
  errors: string[];
}

/** What a line of a verdict begins with. */
export const VERDICT = 'verdict ';

/** Writes one line of JSON for each test that ran. */
export default class VerdictReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    if (state === 'skipped') return;
    const verdict: Verdict = {
      project: test.project.name,
      file: test.module.relativeModuleId,
      title: test.name,
      state,
      errors: errors.map(({ name, message }) => `${name}: ${message}`),
    };
    process.stdout.write(`${VERDICT}${JSON.stringify(verdict)}\n`);
  }
}
