/** True where more of some rows were rejected than a share of them. Pure. */
export function isAboveRatio(rejected: number, rows: number, ratio: number): boolean {
  // Multiplied, 29 of 100 would be more than 0.29 of them.
  return rows > 0 && rejected / rows > ratio;
}
