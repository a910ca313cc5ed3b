/** The caller's test function, of vitest, node:test, mocha or jest. A case takes seconds at most. */
export type ConformanceIt = (name: string, run: () => Promise<void>) => unknown;

/** Cases that a plugin cannot meet, with the reason. */
export interface ConformanceException {
  /** Names of cases, exactly as the suite has them. */
  cases: readonly string[];
  /** A fact about the storage, not about the plugin. */
  reason: string;
}

/** One sentence of a contract and the code that tries it. */
export interface ConformanceCase {
  name: string;
  run: () => Promise<void>;
}

/**
 * Hands cases to a test runner. A case with an exception still runs and has to fail: an exception that is no longer needed, or names a case that
 * does not exist, is reported as a failure, so that the list stays true.
 */
export function registerCases(
  it: ConformanceIt,
  cases: readonly ConformanceCase[],
  exceptions: readonly ConformanceException[] = [],
): void {
  const names = new Set(cases.map((one) => one.name));
  const unknown = exceptions.flatMap((exception) => exception.cases).filter((name) => !names.has(name));
  if (unknown.length > 0) {
    it('every exception names a case', async () => {
      throw new TypeError(`no such case: ${unknown.join('; ')}`);
    });
  }
  for (const one of cases) {
    const exception = exceptions.find(({ cases: excepted }) => excepted.includes(one.name));
    if (exception) it(`${one.name} [exception: ${exception.reason}]`, () => expectFailure(one, exception.reason));
    else it(one.name, one.run);
  }
}

async function expectFailure(one: ConformanceCase, reason: string): Promise<void> {
  const isMet = await one.run().then(
    () => true,
    () => false,
  );
  if (isMet) throw new TypeError(`"${one.name}" is met; remove the exception (${reason})`);
}
