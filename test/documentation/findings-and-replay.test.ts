import { describe, expect, it } from 'vitest';
import { missingTest, testsNamedBy } from './named-tests.ts';

const named = testsNamedBy('docs/architecture/findings-and-replay.md').filter(({ path }) => path.endsWith('.test.ts'));

describe('the page about findings and replay', () => {
  it.each(named)('names the test "$title", which exists in $path', (test) => {
    expect(missingTest(test)).toBeNull();
  });

  it('names tests', () => {
    expect(named.length).toBeGreaterThan(5);
  });
});
