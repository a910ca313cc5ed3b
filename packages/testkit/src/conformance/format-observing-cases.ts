import assert from 'node:assert/strict';
import { CalveError, type Observation, type Sample } from '@calve/core/plugin';
import { bytesReader } from '../doubles/bytes-reader.ts';
import { seededRandom } from '../doubles/seeded-random.ts';
import { testContext } from '../doubles/test-context.ts';
import { failingReader } from '../faults/failing-reader.ts';
import { slowReader } from '../faults/slow-reader.ts';
import { damaged } from './damaged-bytes.ts';
import { type DefineFormatCase, hasCode, LARGE_BYTES, type OpenedFile, observe } from './format-world.ts';
import { assertOptionsAreChecked, assertOptionsAreStable, assertOptionsNeverThrow } from './plugin-checks.ts';

const SAMPLE_BYTES = 4096;

/** The cases of the plugin itself, of `sniff`, `observe`, `lower` and `split`. */
export function defineObservingCases(define: DefineFormatCase): void {
  define('plugin: speaks format/1, and its options are checked at once', async ({ format, given }) => {
    assert.equal(format.contract, 'format/1');
    assertOptionsAreChecked(format, given);
  });

  define('plugin: checked options are plain JSON, and checking them again changes nothing', async ({ format, given }) => {
    assertOptionsAreStable(format, given);
  });

  define('plugin: whatever stands in the options, the check lists issues and throws nothing', async ({ format, given }) => {
    assertOptionsNeverThrow(format, given);
  });

  define('sniff: recognises its files, with a score, reasons and options that its own check takes', async (file) => {
    const guess = file.format.sniff(await sampleOf(file));
    assert.ok(guess !== null, `${file.name} is not recognised`);
    assert.ok(guess.score >= 0 && guess.score <= 1, `a score of ${guess.score}`);
    assert.ok(guess.because.length > 0 && guess.because.every((sentence) => sentence.length > 0), 'no reason');
    assert.deepEqual(JSON.parse(JSON.stringify(guess)), guess);
    const checked = await file.format.options['~standard'].validate(guess.options);
    assert.ok(!checked.issues, JSON.stringify(checked.issues));
  });

  define('sniff: is pure', async (file) => {
    const sample = await sampleOf(file);
    const before = structuredClone(sample);
    assert.deepEqual(file.format.sniff(sample), file.format.sniff(structuredClone(sample)));
    assert.deepEqual(sample, before);
  });

  define('sniff: never throws on foreign bytes', async ({ format, name, content }) => {
    const random = seededRandom(1);
    const samples = [
      ...Array.from({ length: 200 }, () => random.bytes(random.below(300))),
      ...Array.from({ length: 64 }, (_, length) => content.subarray(0, length)),
      ...Array.from({ length: 100 }, () => damaged(content.subarray(0, 4096), random)),
    ];
    for (const head of samples) {
      for (const complete of [true, false]) {
        const guess = format.sniff({ name, head, tail: complete ? head : random.bytes(20), complete });
        assert.ok(guess === null || (guess.score >= 0 && guess.score <= 1), JSON.stringify(guess));
      }
    }
  });

  define('observe: the observation is plain JSON and lower gives the same plan after a round trip', async (file) => {
    const copy = JSON.parse(JSON.stringify(file.observation)) as Observation;
    assert.deepEqual(copy, file.observation);
    assert.deepEqual(file.format.lower(file.options, copy), file.plan);
    assert.deepEqual(JSON.parse(JSON.stringify(file.plan)), file.plan);
  });

  define('observe: a full scan counts the records that the decoder hands over', async ({ observation, whole }) => {
    assert.equal(observation.origin === 'sample', false, 'the budget was larger than the file');
    if (observation.exactRows !== undefined) assert.equal(observation.exactRows, whole.records.length);
  });

  define('observe: reads about its budget and no more', async ({ format, options, content }) => {
    if (content.length <= LARGE_BYTES) return;
    const budget = 32 * 1024;
    const reader = bytesReader(content);
    const observation = await observe(format, reader, options, budget, testContext());
    assert.ok(reader.readBytes <= budget * 3, `read ${reader.readBytes} bytes with a budget of ${budget}`);
    assert.ok(observation.fields.length > 0);
    assert.notEqual(observation.origin, 'full-scan');
  });

  define('observe: an empty unit has no fields, no rows and is no error', async ({ format, options }) => {
    const observation = await observe(format, bytesReader(new Uint8Array(0)), options, 1000, testContext());
    assert.deepEqual([observation.fields, observation.exactRows], [[], 0]);
    assert.ok(observation.findings.some(({ code }) => code === 'FILE_EMPTY'));
  });

  define('observe: gives everything back', async ({ format, options, content }) => {
    const context = testContext();
    await observe(format, bytesReader(content), options, content.length, context);
    assert.equal(context.outstandingReservations, 0);
  });

  define('observe: reads of five bytes give the same observation', async (file) => {
    const pieceBytes = file.content.length > 20_000 ? 4093 : 5;
    const reader = slowReader(bytesReader(file.content), pieceBytes);
    assert.deepEqual(await observe(file.format, reader, file.options, file.content.length, testContext()), file.observation);
  });

  define('observe: an error of the reader comes out as it is, and everything is given back', async (file) => {
    for (const at of [0, 1, Math.floor(file.content.length / 2)]) {
      const context = testContext();
      const error = new CalveError('OBJECT_CHANGED', 'The test changed the object.', { recovery: 'replan' });
      const reader = failingReader(bytesReader(file.content), at, error);
      await assert.rejects(observe(file.format, reader, file.options, file.content.length, context), hasCode('OBJECT_CHANGED'));
      assert.equal(context.outstandingReservations, 0);
    }
  });

  define('lower and split: are pure, and what they give is plain JSON', async ({ format, options, observation, plan }) => {
    const before = structuredClone(observation);
    assert.deepEqual(format.lower(options, observation), plan);
    const splitting = format.split(plan);
    assert.ok(['never', 'stream', 'records'].includes(splitting.kind), splitting.kind);
    assert.deepEqual(format.split(plan), splitting);
    assert.deepEqual(JSON.parse(JSON.stringify([plan, splitting])), [plan, splitting]);
    assert.deepEqual(observation, before);
  });
}

/** As core makes it: the beginning and the end, of a compressed file the beginning of its content. */
async function sampleOf({ name, content }: OpenedFile): Promise<Sample> {
  const kind = content[0] === 0x1f && content[1] === 0x8b ? 'gzip' : content[0] === 0x28 && content[1] === 0xb5 ? 'zstd' : null;
  const none = new Uint8Array(0);
  if (kind === null) {
    const complete = content.length <= SAMPLE_BYTES;
    const head = content.slice(0, SAMPLE_BYTES);
    return { name, head, tail: complete ? head : content.slice(-SAMPLE_BYTES), complete };
  }
  const reader = await testContext().environment.decompress(kind, bytesReader(content));
  const head = new Uint8Array(SAMPLE_BYTES);
  const count = await reader.read(head, 0);
  await reader.close();
  return { name, head: head.subarray(0, count), tail: none, complete: count < head.length };
}
