import { describe, expect, it } from 'vitest';
import {
  type ConformanceIt,
  checkpointStoreConformance,
  formatConformance,
  sinkConformance,
  sourceConformance,
} from '../src/index.ts';
import { readContract, readContractPage } from './read-contract-page.ts';

const never = (): Promise<never> => Promise.reject(new Error('the suites are only asked for their cases'));
const shared = ['context/call-context.ts', 'context/plugin.ts', 'context/portable.ts', 'context/input-limits.ts'];

/** Each page with the files that hold its contract, and the suite whose cases it lists. */
const pages: [page: string, files: string[], register: (it: ConformanceIt) => void][] = [
  [
    'source',
    ['source/source.ts', 'source/byte-reader.ts', 'source/input-unit.ts'],
    (it) => sourceConformance(it, { start: never }),
  ],
  [
    'format',
    [
      'format/format.ts',
      'format/observation.ts',
      'format/reader-plan.ts',
      'format/decode-event.ts',
      'format/unit-gatherer.ts',
      'columns/column-batch.ts',
      'source/byte-reader.ts',
    ],
    (it) => formatConformance(it, { create: never as never, files: [] }),
  ],
  ['sink', ['sink/sink.ts', 'sink/table-writer.ts', 'sink/commit-outcome.ts'], (it) => sinkConformance(it, { start: never })],
  [
    'checkpoint-store',
    ['checkpoint/checkpoint-store.ts', 'checkpoint/lease.ts', 'checkpoint/unit-record.ts'],
    (it) => checkpointStoreConformance(it, { start: never }),
  ],
];

describe.each(pages)('docs/contracts/%s.md', (page, files, register) => {
  it('lists the cases of the suite, in its order', () => {
    const titles: string[] = [];
    register((title) => titles.push(title));
    expect(titles.length).toBeGreaterThan(10);
    expect(readContractPage(page).cases.map(({ title }) => title)).toEqual(titles);
  });

  it('quotes the contract, or itself, word for word', () => {
    const { cases, prose } = readContractPage(page);
    const said = [readContract([...files, ...shared]), prose, readContractPage('README').prose].join('\n');
    const misquoted = cases
      .flatMap(({ sentences }) => sentences)
      .filter((sentence) => sentence === '' || !said.includes(sentence));
    expect(misquoted).toEqual([]);
  });
});
