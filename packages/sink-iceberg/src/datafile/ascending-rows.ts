const KEPT_ROWS = 1024 * 1024;
let known = new Int32Array(0);

/** 0, 1, 2 and so on, to `end` at least. All callers share the memory: nobody writes to it. */
export function ascendingRows(end: number): Int32Array {
  if (end <= known.length) return known;
  const rows = new Int32Array(Math.max(end, Math.min(KEPT_ROWS, known.length * 2)));
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  if (rows.length <= KEPT_ROWS) known = rows;
  return rows;
}
