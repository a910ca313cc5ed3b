import { readFile, truncate } from 'node:fs/promises';
import { CalveError, errorData } from '@calve/core';
import { type KillPoint, killsOfLake, stepsPassed, stepText, usualKillsPerLake } from './kill-plan.ts';
import { type ProcessEnd, runKillable } from './killable-process.ts';
import type { RowReader } from './row-reader.ts';
import { tallyRows } from './tally-rows.ts';
import { type TortureAdapter, tortureCommand, tortureTables } from './torture-adapter.ts';
import { TortureLake } from './torture-lake.ts';
import { TorturePace } from './torture-pace.ts';
import { emptyResult, type TortureResult } from './torture-result.ts';

/** How long and how hard. */
export interface TortureOptions {
  /** The same seed: the same steps and shares of time, lake by lake. */
  seed: number;
  /** Ends once so many processes were killed. */
  kills: number;
  /** Begins no further kill after so many seconds, counted from the first one on. */
  seconds?: number;
  /** Default 3 to 20, so that each step of the first process has a lake of its own. Rows are counted at the end of each lake. */
  killsPerLake?: number;
  /** Files that arrive before each start; default 1. With more, a kill may come between the commits of one process. */
  filesPerStart?: number;
  /** Lakes at the same time; default 1. */
  lanes?: number;
  /** Where lakes are made, on a real disk; must exist. They are removed when they were counted. */
  folder: string;
  /** Keeps lakes that are not whole, up to three. */
  keepsDamaged?: boolean;
  /** How long a process may take before it counts as stuck; default 120. */
  patienceSeconds?: number;
  reader: RowReader;
  /** Called after every process and every count, with what is known until then. */
  onProgress?(result: Readonly<TortureResult>): void;
  /** Kills what runs and ends with what is known until then. */
  signal?: AbortSignal;
}

/** After so many starts that nobody killed, one more must have nothing to do. */
const MOST_CALM_STARTS = 5;
const KEPT_LAKES = 3;
/** Of what a program said, in a sentence about it. */
const MOST_CHARACTERS = 1_000;

/**
 * Lets files arrive, starts the program after each or after a few and kills it, at the steps that it names and at random times of its work. At the end
 * of each lake the program is left alone until it ends, and the rows are counted by `reader`: each record must be there once.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID`: the program does not load two files although nobody kills it.
 */
export async function torture(adapter: TortureAdapter, options: TortureOptions): Promise<TortureResult> {
  const rack = new Rack(adapter, options);
  const plan = await rack.calibrate();
  rack.begin();
  const { result } = rack;
  const worker = async (): Promise<void> => {
    while (!rack.isOver) await rack.tortureLake(killsOfLake(plan, result.lakes), result.lakes++);
  };
  await Promise.all(Array.from({ length: options.lanes ?? 1 }, worker));
  rack.tell();
  return result;
}

/** One adapter under torture. */
class Rack {
  readonly result: TortureResult;
  readonly #adapter: TortureAdapter;
  readonly #options: TortureOptions;
  readonly #pace = new TorturePace();
  readonly #started = performance.now();
  /** When the first lake that is killed began. */
  #killing = performance.now();

  constructor(adapter: TortureAdapter, options: TortureOptions) {
    this.#adapter = adapter;
    this.#options = options;
    this.result = emptyResult(adapter.name, options.seed);
  }

  get isOver(): boolean {
    const { kills, seconds = Number.POSITIVE_INFINITY, signal } = this.#options;
    return this.result.kills >= kills || (performance.now() - this.#killing) / 1000 >= seconds || signal?.aborted === true;
  }

  /** The starts that nobody kills took time of their own. */
  begin(): void {
    this.#killing = performance.now();
  }

  tell(): void {
    this.result.seconds = this.#seconds();
    this.#options.onProgress?.(this.result);
  }

  /** Two starts that nobody kills: how long they take and which steps they pass decides about all that follow. */
  async calibrate(): Promise<{ seed: number; killsPerLake: number; births: string[]; steps: string[] }> {
    const { folder, seed, kills, reader, killsPerLake = null } = this.#options;
    const labels = this.#adapter.stop?.labels ?? [];
    const lake = await TortureLake.make(folder, this.#adapter);
    try {
      const passed: string[][] = [];
      for (const _ of [0, 1]) {
        await this.#arrive(lake);
        await truncate(lake.places.steps);
        const end = await this.#start(lake, null);
        if (this.#options.signal?.aborted) break;
        if (end.kind !== 'ended' || end.code !== 0) throw this.#isUnfit(sentenceOf(end));
        passed.push(stepsPassed(await readFile(lake.places.steps, 'utf8'), labels));
      }
      const tally = tallyRows(lake.batches, await reader.ids(tortureTables(this.#adapter, lake.places)));
      if (tally.duplicates + tally.lost + tally.unknown > 0 && !this.#options.signal?.aborted)
        throw this.#isUnfit(`of ${tally.expected} records ${tally.found} rows were found in ${this.#tablesText(lake)}`);
      const [first = [], second = []] = passed;
      return { seed, killsPerLake: killsPerLake ?? usualKillsPerLake(kills, first.length), births: first, steps: second };
    } finally {
      await lake.remove();
    }
  }

  async tortureLake(points: readonly KillPoint[], number: number): Promise<void> {
    const { folder, reader, keepsDamaged = false, signal } = this.#options;
    const { result } = this;
    const lake = await TortureLake.make(folder, this.#adapter);
    let isDamaged = true;
    try {
      for (const point of points) {
        if (this.isOver) break;
        const before = lake.batches.length;
        await this.#arrive(lake);
        const arrived = lake.batches.slice(before);
        result.batches += arrived.length;
        result.rows += arrived.reduce((sum, { ids }) => sum + ids.length, 0);
        const end = await this.#kill(lake, point);
        if (!signal?.aborted) this.#judge(end, number);
        this.tell();
      }
      if (!(await this.#bringToEnd(lake, number))) return;
      const tally = tallyRows(lake.batches, await reader.ids(tortureTables(this.#adapter, lake.places)));
      result.duplicates += tally.duplicates;
      result.lost += tally.lost;
      result.unknown += tally.unknown;
      result.damaged.push(...tally.damaged.map((damage) => ({ ...damage, lake: number })));
      isDamaged = tally.damaged.length > 0 || tally.unknown > 0;
      this.tell();
    } catch (error) {
      result.failures.push({ lake: number, what: errorData(error).message });
    } finally {
      if (isDamaged && keepsDamaged && result.kept.length < KEPT_LAKES) result.kept.push(lake.places.folder);
      else await lake.remove();
    }
  }

  async #arrive(lake: TortureLake): Promise<void> {
    for (let file = 0; file < (this.#options.filesPerStart ?? 1); file += 1) await lake.addBatch();
  }

  /**
   * Starts that nobody kills, until one changes nothing. Those who finish old work first and look for new work at their next start need more than one.
   *
   * @returns false: the run was broken off, and nothing can be said about this lake.
   */
  async #bringToEnd(lake: TortureLake, number: number): Promise<boolean> {
    let before: string[] = [];
    for (let start = 0; start < MOST_CALM_STARTS; start += 1) {
      const end = await this.#start(lake, null);
      if (this.#options.signal?.aborted) return false;
      this.#judge(end, number);
      const after = await lake.contents();
      const changed = after.filter((file) => !before.includes(file));
      if (start > 0 && changed.length === 0) return true;
      if (start === 1) this.result.unfinished += 1;
      if (start === MOST_CALM_STARTS - 1)
        this.result.failures.push({
          lake: number,
          what: `a start that had nothing to do wrote ${changed.slice(0, 3).join(', ')}`,
        });
      before = after;
    }
    return true;
  }

  /** A process that nobody killed has to end with 0. */
  #judge(end: ProcessEnd, lake: number): void {
    if (end.kind === 'stuck' || (end.kind === 'ended' && end.code !== 0)) {
      this.result.failures.push({ lake, what: sentenceOf(end) });
    }
  }

  async #kill(lake: TortureLake, point: KillPoint): Promise<ProcessEnd> {
    const { result } = this;
    await truncate(lake.places.steps);
    const before = Date.now();
    const end = await this.#start(lake, point);
    if (end.kind !== 'killed') {
      result.late += 1;
      return end;
    }
    if (this.#options.signal?.aborted) return end;
    result.kills += 1;
    const { steps, times, firsts } = result.places;
    if (point.kind === 'time') count(times, await this.#whereItWas(lake, before));
    else {
      count(steps, point.label);
      if (lake.batches.length === (this.#options.filesPerStart ?? 1)) count(firsts, stepText(point));
    }
    return end;
  }

  async #whereItWas(lake: TortureLake, started: number): Promise<string> {
    const last = (await readFile(lake.places.steps, 'utf8')).trimEnd().split('\n').at(-1);
    if (last) return `any time after ${last}`;
    return (await lake.firstChangeAfter(started)) === null ? 'any time before it wrote' : 'any time after it wrote';
  }

  async #start(lake: TortureLake, point: KillPoint | null): Promise<ProcessEnd> {
    const { patienceSeconds = 120, signal } = this.#options;
    const step = point?.kind === 'step' ? stepText(point) : null;
    const before = Date.now();
    this.result.starts += 1;
    const end = await runKillable(tortureCommand(this.#adapter, lake.places, step), {
      folder: lake.places.folder,
      environment: this.#adapter.environment ?? {},
      kill: point?.kind === 'time' ? this.#pace.momentOf(point.share) : null,
      watched: [lake.places.lake, lake.places.state],
      patience: patienceSeconds * 1000,
      signal,
    });
    if (end.kind === 'ended') {
      const first = await lake.firstChangeAfter(before);
      this.#pace.learn(end.milliseconds, first === null ? null : first - before);
    }
    return end;
  }

  /** Nothing found often means that the rows are somewhere else. */
  #tablesText({ places }: TortureLake): string {
    return tortureTables(this.#adapter, places)
      .map((table) => {
        if (table.kind === 'folder') return `the folder ${table.folder}`;
        const { name = 'calve', ...properties } = table.properties;
        const where = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
        return `table ${table.table} of catalog "${name}" (${where.join(', ')})`;
      })
      .join(' and ');
  }

  #isUnfit(what: string): CalveError {
    return new CalveError(
      'CONFIGURATION_INVALID',
      `"${this.#adapter.name}" does not load two files that arrive one after the other, although nobody kills it: ${what}.`,
      { recovery: 'fix-input' },
    );
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}

function count(places: Record<string, number>, place: string): void {
  places[place] = (places[place] ?? 0) + 1;
}

function sentenceOf({ kind, code, milliseconds, errors }: ProcessEnd): string {
  const how = kind === 'stuck' ? `it did not end within ${Math.round(milliseconds / 1000)} s` : `it ended with ${code}`;
  // What is left of a stack without its frames is the message, in Node as in Python.
  const words = errors
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(at |File "|\^|Node\.js v)/.test(line))
    .slice(-5)
    .map((line) => line.trim())
    .join(' / ')
    .slice(-MOST_CHARACTERS);
  return words === '' ? how : `${how}: ${words}`;
}
