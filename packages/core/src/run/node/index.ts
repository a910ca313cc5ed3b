// `@calve/core/node`: what needs Node itself, for hosts and for plugins that work on Node only.

export { makeFolderSync } from './make-folder.ts';
export { nodeEnvironment } from './node-environment.ts';
export type { SqliteStateOptions } from './sqlite-checkpoint-store.ts';
export { sqliteState } from './sqlite-checkpoint-store.ts';
export type { ProgressOptions, ProgressStream } from './terminal-progress.ts';
export { printProgress } from './terminal-progress.ts';
export { whyUnwritable } from './unwritable.ts';
export { visibleText } from './visible-text.ts';
