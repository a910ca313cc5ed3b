import assert from 'node:assert/strict';
import { type ConformanceCase, type ConformanceIt, registerCases } from './conformance-case.ts';
import { defineDecodingCases } from './format-decoding-cases.ts';
import { defineGatheringCases } from './format-gathering-cases.ts';
import { defineHostileCases } from './format-hostile-cases.ts';
import { defineLimitCases } from './format-limit-cases.ts';
import { defineObservingCases } from './format-observing-cases.ts';
import {
  type AnyFormatPlugin,
  type DefineFormatCase,
  type FormatSubject,
  forEachFile,
  formatFiles,
  LARGE_BYTES,
} from './format-world.ts';

const MANY_ROWS = 20;

/**
 * What every `format/1` plugin promises, one case per sentence of the contract (`core/src/format/format.ts`). Each case runs over
 * all files of the subject. Released memory is poisoned while the cases run.
 *
 * @example
 * formatConformance(it, { create: csvFormat, files: [{ name: 'a.csv', content }] });
 */
export function formatConformance<Output, Input>(it: ConformanceIt, subject: FormatSubject<Output, Input>): void {
  const cases: ConformanceCase[] = [];
  const files = formatFiles(() => subject.create() as AnyFormatPlugin, subject.files);
  const define: DefineFormatCase = (name, run) => cases.push({ name, run: () => forEachFile(files, run) });

  cases.push({
    name: 'the files of the suite can show what the cases ask for',
    run: async () => {
      const rows: number[] = [];
      await forEachFile(files, async (file) => void rows.push(file.rows.length));
      assert.ok(
        subject.files.some((file) => file.content.length > LARGE_BYTES),
        'one file has to be larger than 256 KiB',
      );
      assert.ok(
        rows.some((count) => count >= MANY_ROWS),
        'one file has to have 20 rows',
      );
    },
  });
  defineObservingCases(define);
  defineDecodingCases(define);
  defineGatheringCases(define);
  defineHostileCases(define);
  defineLimitCases((name, run) => cases.push({ name, run: () => run(files) }));
  registerCases(it, cases, subject.exceptions);
}
