/** Files that share a fate: how many, how large together, and the first of them by URI. */
export interface FileGroup {
  count: number;
  bytes: number;
  examples: string[];
}

const EXAMPLES = 3;

/** A group without files. */
export function emptyGroup(): FileGroup {
  return { count: 0, bytes: 0, examples: [] };
}

/** Counts a file in. */
export function addToGroup(group: FileGroup, { uri, sizeBytes }: { uri: string; sizeBytes: number }): void {
  group.count += 1;
  group.bytes += sizeBytes;
  if (group.examples.length < EXAMPLES) group.examples.push(uri);
}

/** `one file`, `3 files`. */
export function filesText(count: number): string {
  return count === 1 ? 'one file' : `${count} files`;
}
