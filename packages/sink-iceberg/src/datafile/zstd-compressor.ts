import { constants, zstdCompressSync } from 'node:zlib';
import type { PageContent } from '../parquet/page-sink.ts';
import { CodecOutput, worstCase } from './codec-output.ts';

type Parameters = Readonly<Record<number, number>>;

/**
 * Level 3 with tables of half their usual size, as that level has them for 128 KiB: they stay in the processor's cache, which saves a tenth of
 * the time. What pages of 1 MiB lose by it is less than 1 %.
 */
const THOROUGH: Parameters = {
  [constants.ZSTD_c_compressionLevel]: 3,
  [constants.ZSTD_c_hashLog]: 16,
  [constants.ZSTD_c_chainLog]: 15,
};
/** One table, which fits into the first cache, in place of two. */
const QUICK: Parameters = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_hashLog]: 13 };
/** Numbers share their upper bytes with the one before and little else. */
const QUICK_FOR_NUMBERS: Parameters = { ...QUICK, [constants.ZSTD_c_minMatch]: 5 };
/** Beside the zeros of small numbers, short matches further away cost more than they save. Still fewer would be too few where values follow a rule. */
const QUICK_FOR_SMALL_NUMBERS: Parameters = { ...QUICK, [constants.ZSTD_c_hashLog]: 12, [constants.ZSTD_c_minMatch]: 7 };
/** Numbers of floating point have few equal bytes in a row, and looking for short ones takes three times as long. The same holds for texts. */
const QUICK_FOR_OTHERS: Parameters = { ...QUICK, [constants.ZSTD_c_minMatch]: 6 };

/** Pages of less than this are not worth a trial. */
const TRIAL_PAGE_BYTES = 48 * 1024;
/** A sixteenth of a page, within these: a trial compresses the sample twice, which is not to cost as much as what it saves. */
const SMALLEST_SAMPLE_BYTES = 4 * 1024;
const LARGEST_SAMPLE_BYTES = 16 * 1024;
/** How much larger a sample may become for being quick. Texts of which much is found twice become 5 % larger and more: they are not. */
const PRICE = 1.03;

/**
 * Compresses pages with zstd. Looking for matches is what it costs, and on most columns a quick look finds as much as a thorough one: a sample of the first
 * page of a chunk tells, so that the same rows always give the same bytes.
 *
 * @see https://github.com/facebook/zstd/blob/v1.5.7/lib/compress/clevels.h
 */
export class ZstdCompressor {
  readonly #output = new CodecOutput();
  #parameters = THOROUGH;

  /** @returns It holds until the next call. @param isFirst False: as the last page was compressed. */
  compress(page: Uint8Array, content: PageContent, isFirst: boolean): Uint8Array {
    if (isFirst) this.#parameters = this.#parametersFor(page, content);
    return this.#compressed(page, this.#parameters);
  }

  #parametersFor(page: Uint8Array, content: PageContent): Parameters {
    switch (content) {
      case 'integers':
      case 'indexes':
        return QUICK_FOR_NUMBERS;
      case 'small-integers':
        return QUICK_FOR_SMALL_NUMBERS;
      case 'floating':
      case 'entries':
        return QUICK_FOR_OTHERS;
      case 'texts':
        return this.#tried(page, QUICK_FOR_OTHERS);
      case 'others':
        return this.#tried(page, QUICK_FOR_NUMBERS);
    }
  }

  #tried(page: Uint8Array, quick: Parameters): Parameters {
    if (page.length < TRIAL_PAGE_BYTES) return THOROUGH;
    const bytes = Math.max(SMALLEST_SAMPLE_BYTES, Math.min(LARGEST_SAMPLE_BYTES, page.length >> 4));
    const start = (page.length - bytes) >> 1;
    const sample = page.subarray(start, start + bytes);
    const thoroughBytes = this.#compressed(sample, THOROUGH).length;
    return this.#compressed(sample, quick).length <= thoroughBytes * PRICE ? quick : THOROUGH;
  }

  #compressed(input: Uint8Array, params: Parameters): Uint8Array {
    const capacity = worstCase(input.length);
    return this.#output.hold(zstdCompressSync(input, { chunkSize: capacity, params }), capacity);
  }
}
