// Whatever Node starts the program has to be able to read this file, and may read nothing else of it before it was asked.

const OLDEST = 24;

/**
 * What to tell somebody whose Node cannot run this program, in one line.
 *
 * @param version Of the Node that is running: `process.versions.node`.
 * @returns null: it can.
 */
export function oldNodeText(version: string): string | null {
  if (Number.parseInt(version, 10) >= OLDEST) return null;
  return `calve needs Node ${OLDEST} or newer; this is Node ${version}. Get it from https://nodejs.org, or with a version manager: nvm install ${OLDEST}`;
}
