import { describe, expect, it } from 'vitest';
import { missingTest, testsNamedBy, textOf, wordsOf } from './named-tests.ts';

const page = 'docs/architecture/audit-and-bundle.md';
const kinds = [...textOf(page).matchAll(/^\| `([a-z-]+)` +\| .*\.ts\) *\|$/gm)].map(([, kind]) => kind);

describe('the page about audit and bundle', () => {
  // Links in sentences are to whole files.
  it.each(testsNamedBy(page).filter(({ title }) => title !== 'A test'))(
    'names the test "$title", which exists in $path',
    (test) => {
      expect(missingTest(test)).toBeNull();
    },
  );

  it('has every kind of finding, each with a test', () => {
    const known = wordsOf('packages/core/src/audit/audit-report.ts', 'AuditKind');
    expect(known.length).toBeGreaterThan(10);
    expect(kinds.toSorted()).toEqual(known.toSorted());
  });
});
