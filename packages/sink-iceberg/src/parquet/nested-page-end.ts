import type { ColumnValues } from './column-values.ts';
import type { LeafLevels } from './leaf-levels.ts';

/** Where a page ends. */
export interface PageEnd {
  slot: number;
  /** Among the values, nulls left out. */
  value: number;
}

/** How much a page may hold; a row is never cut, however large it is. */
export interface PageLimits {
  slots: number;
  bytes: number;
}

/**
 * Where a page of a leaf inside lists ends: before the first row with which it is full.
 *
 * @param values Without nulls.
 * @param storedWidth Of a value in the page; 0: its length and four bytes more.
 * @param from Where the page begins; a row begins there.
 */
export function nestedPageEnd(
  { slots, definition, repetition, highestDefinition }: LeafLevels,
  { rows, offsets }: ColumnValues,
  storedWidth: number,
  from: PageEnd,
  limits: PageLimits,
): PageEnd {
  const fullAt = from.slot + limits.slots;
  const left = rows - from.value;
  const leftBytes = offsets === null ? left * storedWidth : offsets[rows]! - offsets[from.value]! + left * 4;
  // Most chunks are of one page.
  if (slots <= fullAt && leftBytes <= limits.bytes) return { slot: slots, value: rows };
  let bytes = 0;
  let { value } = from;
  for (let slot = from.slot; slot < slots; slot++) {
    if (slot > from.slot && (slot >= fullAt || bytes >= limits.bytes) && repetition![slot] === 0) return { slot, value };
    if (definition !== null && definition[slot] !== highestDefinition) continue;
    if (offsets === null) bytes += storedWidth;
    else bytes += offsets[value + 1]! - offsets[value]! + 4;
    value += 1;
  }
  return { slot: slots, value };
}
