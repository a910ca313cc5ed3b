import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';

/** More different counts than that are kept for each unit. */
const MOST_KINDS = 1000;

/** Keeps equal counts once: small files of one kind hold so many rows, or a few more, and there are thousands of them. */
export class SharedCounts {
  readonly #known = new Map<string, NonNullable<UnitRecord['counts']>>();

  /** The same counts, which nobody may change: those of an earlier unit where they are equal. */
  shared(counts: Record<string, RowCounts>): Readonly<Record<string, RowCounts>> {
    let key = '';
    for (const output in counts) {
      const { read, expanded, written, rejected, filtered, deduplicated, replaced } = counts[output] as RowCounts;
      key += `${output} ${read} ${expanded} ${written} ${rejected} ${filtered} ${deduplicated} ${replaced} `;
    }
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size < MOST_KINDS) this.#known.set(key, counts);
    return counts;
  }
}
