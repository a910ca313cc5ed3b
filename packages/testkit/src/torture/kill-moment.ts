import { watch } from 'node:fs';

/** When a process is killed from outside. */
export type KillMoment =
  /** After it was started. */
  | { from: 'start'; milliseconds: number }
  /** After something below the folders first changed. */
  | { from: 'first change'; milliseconds: number };

/**
 * Calls `kill` when the moment has come.
 *
 * @param folders Are watched until then, with all that is below them.
 * @returns Stops waiting; may be called again.
 */
export function awaitMoment(moment: KillMoment, folders: readonly string[], kill: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer ??= setTimeout(kill, moment.milliseconds);
  };
  if (moment.from === 'start') wait();
  const watchers =
    moment.from === 'start' ? [] : folders.map((folder) => watch(folder, { recursive: true, persistent: false }, wait));
  // A folder that vanishes while it is looked into is a change as well.
  for (const watcher of watchers) watcher.on('error', wait);
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
