import { type HistoryEra, type HistoryEvent, loadedIn, type SimulatedLanding } from '@calve/testkit';

/** What a person chooses in an operation on a ledger. */
export type Choice = Extract<HistoryEvent, { choice: string }>['choice'];

/** Steps that come right before the one change by which an operation takes effect. */
const DECIDING = new Set(['core.reset.replace', 'core.adopt.replace', 'core.accept-rollback.advance']);

/** Longer than any request is under way. */
const LATEST_MILLISECONDS = 30_000;

interface Operation {
  choice: Choice;
  /** Versions that lay in the folder when it began, and those of them that the clock of the process still takes for unfinished. */
  present: ReadonlySet<string>;
  unsettled: ReadonlySet<string>;
  /** How often something had been set back. */
  setBacks: number;
  isDeciding: boolean;
}

/** What people did to table and state, and what they decided then: the eras of a history. */
export class Decisions {
  readonly eras: HistoryEra[] = [
    { rows: [], rejected: [], known: new Set(), isForgotten: false, excluded: new Set(), undecided: new Set(), again: new Set() },
  ];
  /** Rows that went when the table was set back, and in which era that was. */
  readonly removedByHand = new Map<string, number>();
  /** How often the ledger was begun anew. */
  resets = 0;
  readonly #landing: SimulatedLanding;
  readonly #census: () => Promise<Pick<HistoryEra, 'rows' | 'rejected'>>;
  readonly #operations = new Map<string, Operation>();
  #setBacks = 0;
  #isTouched = false;
  /** How many eras had begun when the backup was made. */
  #backup = 1;
  readonly #isSetBack = { state: false, table: false };
  readonly #now: () => number;
  /** Processes that work: what had been set back when they began, and when they ended. */
  readonly #workers = new Map<string, { setBacks: number; endedAt: number | null }>();

  /**
   * @param census What readers see in the tables now.
   * @param now Virtual milliseconds.
   */
  constructor(landing: SimulatedLanding, census: () => Promise<Pick<HistoryEra, 'rows' | 'rejected'>>, now: () => number) {
    this.#landing = landing;
    this.#census = census;
    this.#now = now;
  }

  /** A process begins to work. */
  beginWork(process: string): void {
    this.#workers.set(process, { setBacks: this.#setBacks, endedAt: null });
  }

  /** A process has ended, or died. */
  endWork(process: string): void {
    const worker = this.#workers.get(process);
    if (worker) worker.endedAt = this.#now();
  }

  /** A person has set table or state back, and nobody has decided yet how to go on. */
  get mayHalt(): boolean {
    return this.#isSetBack.state || this.#isSetBack.table;
  }

  /** A person is about to set the table back: whoever looks at it from now on may have cause to ask. */
  touchTable(): void {
    this.#isTouched = true;
  }

  /** Somebody may be asked now. */
  get mayAsk(): boolean {
    return this.mayHalt || this.#isTouched;
  }

  /** A person makes a backup of the state. */
  backup(): void {
    this.#backup = this.eras.length;
  }

  /** A person puts the backup in the place of the state. What was decided since is undone, and nobody can say what is due. */
  async restore(): Promise<void> {
    this.setBack('state');
    if (this.#backup === this.eras.length) return;
    const { rows, rejected } = await this.#census();
    const known = new Set([...rows, ...rejected]);
    const undecided = new Set(this.#landing.versions.keys());
    this.eras.push({ rows, rejected, known, isForgotten: true, excluded: new Set(), undecided, again: known });
    this.#backup = this.eras.length;
  }

  /** @param rows Those that went. */
  setBack(what: 'state' | 'table', rows: readonly string[] = []): void {
    this.#setBacks += 1;
    this.#isSetBack[what] = true;
    for (const row of rows) this.removedByHand.set(row, this.eras.length - 1);
  }

  /** A process begins an operation. @param now What its clock shows. */
  begin({ process, choice }: { process: string; choice: Choice }, now: number): void {
    const unsettled = this.#landing.current().flatMap(({ version, modifiedAt }) => (modifiedAt >= now ? [version] : []));
    this.#operations.set(process, {
      choice,
      present: this.#present(),
      unsettled: new Set(unsettled),
      setBacks: this.#setBacks,
      isDeciding: false,
    });
  }

  /** A process arrives at a step. */
  arriveAt(label: string, process: string): void {
    const operation = this.#operations.get(process);
    if (operation && DECIDING.has(label)) operation.isDeciding = true;
  }

  /** What a process wrote is in the state: an era begins when that is what its operation decided. */
  async takeEffect(process: string): Promise<void> {
    const operation = this.#operations.get(process);
    if (!operation?.isDeciding) return;
    this.#operations.delete(process);
    const { choice, setBacks } = operation;
    const number = this.eras.length;
    const now = this.#present();
    const { present, unsettled } = operation;
    const stayed = new Set([...present].filter((version) => now.has(version) && !unsettled.has(version)));
    const moved = [...present, ...now].filter((version) => !stayed.has(version));
    const { rows, rejected } = await this.#census();
    const isForgotten = this.#isSetBack.state;
    const isUntouched = setBacks === this.#setBacks && !this.#hasOldWorkers();
    if (choice === 'reload' || choice === 'fromNow') this.resets += 1;
    if (isUntouched) this.#isSetBack.state = false;
    if (isUntouched && (choice === 'reingest' || choice === 'leaveOut')) this.#isSetBack.table = false;
    // Accepting a rollback keeps what the ledger knew; the other decisions make a new one.
    const before = choice === 'reingest' || choice === 'leaveOut' ? this.eras.at(-1) : undefined;
    const undecided = choice === 'fromNow' || choice === 'leave' ? moved : this.#forgotten(choice);
    this.eras.push({
      rows,
      rejected,
      known: this.#known(choice, rows, rejected),
      isForgotten: isForgotten || (before?.isForgotten ?? false),
      excluded: new Set([...(before?.excluded ?? []), ...this.#excluded(choice, stayed, new Set(rows))]),
      undecided: new Set([...(before?.undecided ?? []), ...undecided]),
      again: new Set(this.#again(choice, rejected, isForgotten ? unsettled : this.#unloaded(unsettled, rows, rejected))),
    });
    // Rows that went earlier are still away, in this era too.
    if (choice !== 'reingest')
      for (const [row, era] of this.removedByHand) if (era === number - 1) this.removedByHand.set(row, number);
  }

  /** A worker that knows an earlier state may still write to the one in its place, whose versions count anew; so may its late requests. */
  #hasOldWorkers(): boolean {
    return [...this.#workers.values()].some(
      ({ setBacks, endedAt }) => setBacks < this.#setBacks && (endedAt === null || this.#now() - endedAt < LATEST_MILLISECONDS),
    );
  }

  #excluded(choice: Choice, present: ReadonlySet<string>, rows: ReadonlySet<string>): Set<string> {
    const versions = [...this.#landing.versions.values()];
    switch (choice) {
      case 'fromNow':
        return new Set(present);
      case 'leave':
        return new Set(
          versions
            .filter(({ version, good }) => present.has(version) && !good.some((row) => rows.has(row)))
            .map(({ version }) => version),
        );
      case 'leaveOut':
        return new Set(
          versions.filter(({ good }) => good.some((row) => this.#wentFrom(row, true))).map(({ version }) => version),
        );
      default:
        return new Set();
    }
  }

  /** A ledger that is begun anew with everything due knows nothing; one that accepts a rollback knows what it knew. */
  #known(choice: Choice, rows: readonly string[], rejected: readonly string[]): Set<string> {
    if (choice === 'reload') return new Set();
    if (choice !== 'reingest' && choice !== 'leaveOut') return new Set([...rows, ...rejected]);
    const before = this.eras.at(-1);
    if (!before) return new Set();
    return new Set([...loadedIn(before.rows, rows, before.known), ...loadedIn(before.rejected, rejected, before.known)]);
  }

  /** What went and was due once more anyway may be left out with the rest: the ledger did not know it. */
  #forgotten(choice: Choice): string[] {
    if (choice !== 'leaveOut') return [];
    const versions = [...this.#landing.versions.values()];
    return versions.filter(({ good }) => good.some((row) => this.#wentFrom(row, false))).map(({ version }) => version);
  }

  /** Whether a row went from the table in the last era, or earlier and stayed away, and whether it counted as loaded then. */
  #wentFrom(row: string, isKnown: boolean): boolean {
    const before = this.eras.at(-1);
    if (!before || this.removedByHand.get(row) !== this.eras.length - 1) return false;
    return isKnown === (before.known.has(row) || !before.rows.includes(row));
  }

  /** Versions of which the ledger knows nothing: a decision that keeps what is loaded keeps the others. */
  #unloaded(versions: ReadonlySet<string>, rows: readonly string[], rejected: readonly string[]): Set<string> {
    const before = this.eras.at(-1);
    const loaded = before
      ? new Set([...loadedIn(before.rows, rows, before.known), ...loadedIn(before.rejected, rejected, before.known)])
      : new Set([...rows, ...rejected]);
    const isLoaded = (version: string): boolean => {
      const { good = [], bad = [] } = this.#landing.versions.get(version) ?? {};
      return [...good, ...bad].some((row) => loaded.has(row));
    };
    return new Set([...versions].filter((version) => !isLoaded(version)));
  }

  /**
   * Nobody can tell copies of what is gone from new files; where only one table was set back the other one keeps its rows; and what a clock takes for
   * unfinished is not left out.
   *
   * @param unsettled Versions that looked unfinished and were not loaded.
   */
  #again(choice: Choice, rejected: readonly string[], unsettled: ReadonlySet<string>): string[] {
    const versions = [...this.#landing.versions.values()];
    if (choice === 'reingest') return [...rejected];
    if (choice === 'fromNow')
      return versions.filter(({ version }) => unsettled.has(version)).flatMap(({ good, bad }) => [...good, ...bad]);
    if (choice !== 'load') return [];
    const isCopied = (row: string | undefined): boolean => versions.filter(({ good }) => good[0] === row).length > 1;
    return versions.filter(({ good }) => isCopied(good[0])).flatMap(({ good, bad }) => [...good, ...bad]);
  }

  #present(): Set<string> {
    return new Set(this.#landing.current().map(({ version }) => version));
  }
}
