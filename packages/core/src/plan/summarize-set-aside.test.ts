import { describe, expect, it } from 'vitest';
import { recordOf, unitOf } from './plan-values.fixture.ts';
import { summarizeSetAside } from './summarize-set-aside.ts';

const aside = (count: number, code: string, state: 'ingested' | 'skipped' | 'held' = 'skipped') =>
  Array.from({ length: count }, (_, at) =>
    recordOf(unitOf(`${at}.csv`), { state, finding: { code, severity: 'info', message: '' } }),
  );

describe('summarizeSetAside', () => {
  it('says once that files are unchanged, however many they are', () => {
    expect(summarizeSetAside(aside(1, 'OBJECT_UNCHANGED', 'ingested')).map(({ message }) => message)).toEqual([
      'file:///landing/0.csv was moved, restored or touched, but its content is loaded already: nothing is loaded again.',
    ]);
    expect(summarizeSetAside(aside(12_345, 'OBJECT_UNCHANGED', 'ingested')).map(({ message }) => message)).toEqual([
      '12,345 files (file:///landing/0.csv, file:///landing/1.csv, file:///landing/2.csv, …) were moved, restored or touched, but their content is loaded already: nothing is loaded again.',
    ]);
  });

  it('says once that files are copies, when they are many; a few have their own sentence', () => {
    expect(summarizeSetAside(aside(10, 'OBJECT_SAME_CONTENT'))).toEqual([]);
    expect(summarizeSetAside(aside(11, 'OBJECT_SAME_CONTENT'))).toMatchObject([
      { code: 'OBJECT_SAME_CONTENT', severity: 'info', message: expect.stringMatching(/^11 files .*a second time\.$/) },
    ]);
  });

  it('is silent about everything that somebody has to look at', () => {
    expect(summarizeSetAside([...aside(50, 'OBJECT_SAME_CONTENT', 'held'), ...aside(50, 'FILE_EMPTY')])).toEqual([]);
  });
});
