/** A change of a source text: `from` is in the file exactly once. */
export interface SourceEdit {
  /** From the root of the repository. */
  file: string;
  from: string;
  to: string;
}

/** A mistake that somebody could make in the protocol, and the test that has to notice it. */
export interface SeededFault {
  name: string;
  /** How the mistake looks in the shipped code. */
  edits: readonly SourceEdit[];
  /** An ordinary test that fails with it: its file, and its title without those of the groups around it. */
  test: { file: string; title: string };
}

/**
 * The text of a source file with a fault in it.
 *
 * @param path Of the file, however it begins.
 * @throws {RangeError} The place of an edit is not there any more, or there are several: the fault has to be written anew.
 */
export function plantedSource(fault: SeededFault, path: string, text: string): string {
  let planted = text;
  for (const { file, from, to } of editsOf(fault, path)) {
    const found = planted.split(from).length - 1;
    if (found !== 1)
      throw new RangeError(`The place of the fault "${fault.name}" is ${found} times in ${file}, not once: ${from}`);
    planted = planted.replace(from, () => to);
  }
  return planted;
}

/** True: the fault changes this file. */
export function isPlantedIn(fault: SeededFault, path: string): boolean {
  return editsOf(fault, path).length > 0;
}

function editsOf({ edits }: SeededFault, path: string): SourceEdit[] {
  return edits.filter(({ file }) => path.endsWith(`/${file}`));
}
