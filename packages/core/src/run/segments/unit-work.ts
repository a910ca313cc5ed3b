import type { UnitEvent } from './project-unit.ts';

/** A unit that is being read and typed, here or in other threads. */
export interface UnitWork {
  /** What becomes of it, in file order. Each event is used up before the next one is asked for. Called once. */
  events(): AsyncIterable<UnitEvent>;
  /**
   * Of the stored bytes, in hexadecimal. Called once, after the events.
   *
   * @throws {CalveError} of the source: what was read is not the version that was planned.
   */
  finish(): Promise<string>;
  /** Called exactly once, also after a failure. */
  close(): Promise<void>;
}
