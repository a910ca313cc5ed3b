import type { AuditReport } from './audit/audit-report.ts';
import type { SupportBundle } from './bundle/support-bundle.ts';
import type { CallContext } from './context/call-context.ts';
import type { ReadOptions } from './create-calve.ts';
import type { FindingsReport } from './findings/findings-report.ts';
import type { RollbackChoice, RollbackPreview, RollbackResult } from './ledger/accept-rollback.ts';
import type { AdoptPreview, AdoptResult, UnknownFiles } from './ledger/adopt-ledger.ts';
import type { LedgerHistory } from './ledger/commit-history.ts';
import type { ResetChoice, ResetPreview, ResetResult } from './ledger/reset-ledger.ts';
import type { ReplayFilter } from './replay/replay-filter.ts';
import type { ReplayPreview } from './replay/replay-preview.ts';
import type { BundleOptions } from './run/bundle-ingestion.ts';
import type { Connections } from './run/connections.ts';
import type { BusyOptions, LeaseHeldBy } from './run/ledger-lease.ts';
import type { LedgerRequest } from './run/ledger-request.ts';
import type { AuditProgress } from './run/look-at-tables.ts';
import type { HistoryPage } from './run/read-history.ts';
import type { RunSettings } from './run/start-run.ts';
import type { IngestionSpec } from './spec/ingestion-spec.ts';

/** Options of operations that change a ledger. */
export interface LedgerOptions extends ReadOptions, BusyOptions {
  /** Told once, when another worker has to be waited for. */
  onWaiting?(heldBy: LeaseHeldBy): void;
}

/** What can be done about a ledger itself: which files count as loaded, and which commits there were. */
export interface CalveLedger {
  /**
   * The commits of an ingestion, newest first: when, which files' counts, the snapshot of each table and whether readers still see it, and where
   * ledger and table differ. Works with either of them alone. Writes nothing.
   *
   * @throws {CalveError} `OPTIONS_INVALID` (fix-input): `limit` or `before` have no sense.
   */
  history(spec: IngestionSpec, options?: ReadOptions & HistoryPage): Promise<LedgerHistory>;
  /**
   * Reconciles folder, ledger and table: what was never seen, changed, is twice or missing, with exact counts, the first files of each and what to do.
   * Reads the columns of the table that name the file of a row, and all records of the ledger; keeps an entry for each file in memory. Writes nothing.
   *
   * @param options `onProgress` hears how far it is.
   */
  audit(spec: IngestionSpec, options?: ReadOptions & { onProgress?(progress: AuditProgress): void }): Promise<AuditReport>;
  /**
   * What to send along when something went wrong: spec, next plan, journal, table evidence and, where somebody recorded them, the events of a run. No values
   * of cells, no secrets, no messages, no paths; files have labels, unless `withNames`. Of bounded size; `truncated` counts what was left out. Writes nothing.
   */
  bundle(spec: IngestionSpec, options?: ReadOptions & BundleOptions): Promise<SupportBundle>;
  /**
   * What is not in the table, or will not be, and why: held, quarantined and failed files, rejected rows that wait, by cause with counts and three
   * examples each (file, line, value), and what a fresh plan says; each with the patches of the spec that mend it, numbered. Quotes values and names of
   * files: it is meant to be forwarded to whoever knows the data. Reads what planning reads, and the table of rejected rows; writes nothing.
   */
  findings(spec: IngestionSpec, options?: ReadOptions): Promise<FindingsReport>;
  /** What `calve.replay` would do: which files, how many rows would be accepted, which stay and why. Writes nothing. */
  previewReplay(spec: IngestionSpec, filter?: ReplayFilter, options?: ReadOptions): Promise<ReplayPreview>;
  /** What `adopt` would make known; `ledger` says whether there is anything to do. Writes nothing. */
  previewAdopt(spec: IngestionSpec, options?: ReadOptions): Promise<AdoptPreview>;
  /**
   * Rebuilds a ledger that was lost, or of which only an old copy is left, from the rows of its table: which files are loaded, by the columns that
   * name file and version. Files whose version is still in the source are known; those that changed wait for a decision, since nobody knows any more
   * what they held. Files without a row in the table (new, empty, or left out before) are loaded by the next run, unless `unknown: 'leave'`; it has to
   * be said where some of them may be copies of loaded files that are gone. Rows that another ingestion added from the same files count as loaded too.
   *
   * What an old copy knows beyond the rows stays known. Compare-and-set on the absent ledger or on that copy, in one change; adopting twice changes
   * nothing.
   *
   * @throws {CalveError} `OPTIONS_INVALID`: the table holds no commit of this ingestion (fix-input), or `unknown` has to be said (decide), and
   *   `context` is the `AdoptPreview`. `CHECKPOINT_BEHIND` (decide): the table has no columns that tell, or there is a ledger that does not fit and is
   *   no old copy. `CHECKPOINT_SUPERSEDED` (retry): another worker is at work, where the state has no leases. `INGESTION_BUSY` (retry).
   */
  adopt(spec: IngestionSpec, options?: LedgerOptions & { unknown?: UnknownFiles }): Promise<AdoptResult>;
  /** What `reset` would mean. Writes nothing. */
  previewReset(spec: IngestionSpec, options?: ReadOptions): Promise<ResetPreview>;
  /**
   * Forgets the ledger and keeps the table. A plan that was made before ends as `PLAN_STALE`; numbers of commits go on from what the table proves.
   * What becomes of the files in the source has to be said: `{ reload: true }` loads all of them, again where they were loaded; with
   * `{ fromNow: true }` they count as loaded.
   *
   * @throws {CalveError} `OPTIONS_INVALID` (decide): nothing was chosen, and nothing was changed; the message and `context`, a
   *   `ResetPreview`, tell what each choice means. `CHECKPOINT_SUPERSEDED` (retry): another worker is at work, where the state has no leases.
   *   `INGESTION_BUSY` (retry). What a commit says that an earlier run left open and that cannot be brought to its end.
   */
  reset(spec: IngestionSpec, choice: ResetChoice & LedgerOptions): Promise<ResetResult>;
  /** What `acceptRollback` would mean. Writes nothing. */
  previewAcceptRollback(spec: IngestionSpec, options?: ReadOptions): Promise<RollbackPreview>;
  /**
   * Goes on with tables that somebody rolled back, or of which that cannot be told. What becomes of the files whose rows went has to be said:
   * `{ reingest: true }` plans them again, under new numbers; with `{ leaveOut: true }` they count as loaded and stay out. It holds for this rollback:
   * another one, further back, stops everything again. The table of rejected rows may be rolled back alone; then no file loads again.
   *
   * @throws {CalveError} `OPTIONS_INVALID`: nothing was chosen (decide), and nothing was changed; the message and `context`, a `RollbackPreview`, tell
   *   what each choice means; or there is no ledger (fix-input). `TABLE_ROLLED_BACK` (decide): nobody can tell any more which files went.
   *   `CHECKPOINT_SUPERSEDED` (retry): another worker is at work. `CHECKPOINT_BEHIND`, `MARKER_BEHIND`, `MARKER_CONFLICT` (decide): ledger and table do
   *   not fit for another reason. `INGESTION_BUSY` (retry): another worker holds the lease, and `ifBusy` is `stop`.
   */
  acceptRollback(spec: IngestionSpec, choice: RollbackChoice & LedgerOptions): Promise<RollbackResult>;
}

type Loaded = typeof import('./run/operate-ledger.ts');
type Work<T> = (connections: Connections, context: CallContext) => Promise<T>;

/** Checks a spec, opens connections for it and closes them again; what is thrown leaves without secrets. */
type Connected = <T>(spec: IngestionSpec, options: ReadOptions, work: Work<T>) => Promise<T>;

/** The operations of one Calve instance. Loaded when one is asked for: few programs need any of them, and a page that plans needs none. */
export function ledgerOperations(settings: RunSettings, connected: Connected): CalveLedger {
  const { configuration } = settings;
  const operate = <T>(
    spec: IngestionSpec,
    options: LedgerOptions,
    work: (loaded: Loaded, request: LedgerRequest) => Promise<T>,
  ): Promise<T> =>
    connected(spec, options, async (connections, context) => {
      const loaded = await import('./run/operate-ledger.ts');
      return loaded.withLedger(spec, options, settings, { connections, context }, (request) => work(loaded, request));
    });
  const planning = ({ store, connections, context }: LedgerRequest) => ({
    ...{ configuration, store, connections, context },
    onWaiting: () => {},
  });
  return {
    history: (spec, options = {}) => operate(spec, options, ({ readHistory }, request) => readHistory(spec, options, request)),
    audit: (spec, options = {}) =>
      operate(spec, options, ({ auditIngestion }, request) => auditIngestion(spec, options.onProgress ?? (() => {}), request)),
    bundle: (spec, options = {}) =>
      operate(spec, options, ({ bundleIngestion }, request) => bundleIngestion(spec, options, configuration, request)),
    findings: (spec, options = {}) =>
      operate(spec, options, ({ reportFindings }, request) => reportFindings(spec, planning(request))),
    previewReplay: (spec, filter = {}, options = {}) =>
      operate(spec, options, ({ previewReplay }, request) => previewReplay(spec, filter, planning(request))),
    previewAdopt: (spec, options = {}) => operate(spec, options, ({ previewAdopt }, request) => previewAdopt(spec, request)),
    adopt: (spec, options = {}) =>
      operate(spec, options, ({ adoptIngestion }, request) => adoptIngestion(spec, options.unknown, request)),
    previewReset: (spec, options = {}) => operate(spec, options, ({ previewReset }, request) => previewReset(spec, request)),
    reset: (spec, choice) => {
      const { options, chosen } = splitChoice(choice);
      return operate(spec, options, ({ resetIngestion }, request) => resetIngestion(spec, chosen as ResetChoice, request));
    },
    previewAcceptRollback: (spec, options = {}) =>
      operate(spec, options, ({ previewAcceptRollback }, request) => previewAcceptRollback(spec, request)),
    acceptRollback: (spec, choice) => {
      const { options, chosen } = splitChoice(choice);
      return operate(spec, options, ({ acceptRollback }, request) => acceptRollback(spec, chosen as RollbackChoice, request));
    },
  };
}

/** What a choice and the options of an operation are, which callers give in one object. */
function splitChoice(given: LedgerOptions & object): { options: LedgerOptions; chosen: object } {
  const { signal, tenant, ifBusy, onWaiting, ...chosen } = given ?? {};
  const options: LedgerOptions = {
    ...(signal && { signal }),
    ...(tenant !== undefined && { tenant }),
    ...(ifBusy && { ifBusy }),
    ...(onWaiting && { onWaiting }),
  };
  return { options, chosen };
}
