/** Lists of a bundle, cut to a length. What was left out is counted by part. */
export class BundleParts {
  readonly truncated: Record<string, number> = {};

  /** The first entries of a list. */
  first<T>(part: string, list: readonly T[], most: number): T[] {
    this.leftOut(part, list.length - most);
    return list.slice(0, most);
  }

  /** Notes that entries are missing. */
  leftOut(part: string, count: number): void {
    if (count > 0) this.truncated[part] = (this.truncated[part] ?? 0) + count;
  }
}

/** Names of columns and tables are schema; longer ones than a header may have are cut. */
export function nameOf(text: string): string {
  return text.length <= 255 ? text : `${text.slice(0, 254)}…`;
}

/** A word that programs act on. Anything else could be a text that somebody wrote. */
export function wordOf(text: string): string {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : 'other';
}
