// `@calve/core/node`: what needs Node itself.

export { nodeEnvironment } from './node-environment.ts';
export type { SqliteStateOptions } from './sqlite-checkpoint-store.ts';
export { sqliteState } from './sqlite-checkpoint-store.ts';
export type { ProgressOptions, ProgressStream } from './terminal-progress.ts';
export { printProgress } from './terminal-progress.ts';
export { visibleText } from './visible-text.ts';
