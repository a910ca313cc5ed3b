/**
 * Where a record ends without any CR and LF at its end. Spark's corrupt record keeps or drops some of them, depending on version and
 * line end; both engines drop all.
 */
export function trimLineEnds(source: Uint8Array, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && (source[trimmed - 1] === 0x0a || source[trimmed - 1] === 0x0d)) trimmed -= 1;
  return trimmed;
}
