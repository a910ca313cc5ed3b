import type { CallContext } from './context/call-context.ts';
import type { ReadOptions } from './create-calve.ts';
import type { AdoptPreview, AdoptResult, UnknownFiles } from './ledger/adopt-ledger.ts';
import type { LedgerHistory } from './ledger/commit-history.ts';
import type { ResetChoice, ResetPreview, ResetResult } from './ledger/reset-ledger.ts';
import { adoptIngestion, previewAdopt } from './run/adopt-ingestion.ts';
import type { Connections } from './run/connections.ts';
import { Journal } from './run/journal.ts';
import type { LedgerRequest } from './run/ledger-request.ts';
import { type HistoryPage, readHistory } from './run/read-history.ts';
import { previewReset, resetIngestion } from './run/reset-ingestion.ts';
import { RunEvents } from './run/run-events.ts';
import type { RunSettings } from './run/run-ingestion.ts';
import type { IngestionSpec } from './spec/ingestion-spec.ts';

/** What can be done about a ledger itself: which files count as loaded, and which commits there were. */
export interface CalveLedger {
  /**
   * The commits of an ingestion, newest first: when, which files' counts, the snapshot of each table and whether readers still see it, and where
   * ledger and table differ. Works with either of them alone. Writes nothing.
   *
   * @throws {CalveError} `OPTIONS_INVALID` (fix-input): `limit` or `before` have no sense.
   */
  history(spec: IngestionSpec, options?: ReadOptions & HistoryPage): Promise<LedgerHistory>;
  /** What `adopt` would make known. Writes nothing. */
  previewAdopt(spec: IngestionSpec, options?: ReadOptions): Promise<AdoptPreview>;
  /**
   * Rebuilds a ledger that was lost from the rows of its table: which files are loaded, by the columns that name file and version. Files whose
   * version is still in the source are known; those that changed wait for a decision, since nobody knows any more what they held. Files without a
   * row in the table (new, empty, or left out before) are loaded by the next run, unless `unknown: 'leave'`; it has to be said where some of them
   * may be copies of loaded files that are gone. Rows that another ingestion added from the same files count as loaded too.
   *
   * Compare-and-set on the absent ledger, in one change; adopting twice changes nothing.
   *
   * @throws {CalveError} `OPTIONS_INVALID`: the table holds no commit of this ingestion (fix-input), or `unknown` has to be said (decide), and
   *   `context` is the `AdoptPreview`. `CHECKPOINT_BEHIND` (decide): the table has no columns that tell, or there is a ledger that does not fit.
   *   `CHECKPOINT_SUPERSEDED` (retry): another worker is at work.
   */
  adopt(spec: IngestionSpec, options?: ReadOptions & { unknown?: UnknownFiles }): Promise<AdoptResult>;
  /** What `reset` would mean. Writes nothing. */
  previewReset(spec: IngestionSpec, options?: ReadOptions): Promise<ResetPreview>;
  /**
   * Forgets the ledger and keeps the table. A plan that was made before ends as `PLAN_STALE`; numbers of commits go on from what the table proves.
   * What becomes of the files in the source has to be said: `{ reload: true }` loads all of them, again where they were loaded; with
   * `{ fromNow: true }` they count as loaded.
   *
   * @throws {CalveError} `OPTIONS_INVALID` (decide): nothing was chosen, and nothing was changed; the message and `context`, a
   *   `ResetPreview`, tell what each choice means. `CHECKPOINT_SUPERSEDED` (retry): another worker is at work. What a commit says that an
   *   earlier run left open and that cannot be brought to its end.
   */
  reset(spec: IngestionSpec, choice: ResetChoice & ReadOptions): Promise<ResetResult>;
}

type Work<T> = (connections: Connections, context: CallContext) => Promise<T>;

/** Checks a spec, opens connections for it and closes them again; what is thrown leaves without secrets. */
type Connected = <T>(spec: IngestionSpec, options: ReadOptions, work: Work<T>) => Promise<T>;

/** The operations of one Calve instance. */
export function ledgerOperations(settings: RunSettings, connected: Connected): CalveLedger {
  const { configuration, patience } = settings;
  const { environment, redactor } = configuration;
  const operate = <T>(spec: IngestionSpec, options: ReadOptions, work: (request: LedgerRequest) => Promise<T>): Promise<T> =>
    connected(spec, options, async (connections, context) => {
      const store = await configuration.store();
      const key = { tenant: context.tenant, ingestion: spec.id };
      const events = new RunEvents(
        { runId: context.runId, ...key },
        () => environment.now(),
        () => [],
        redactor,
      );
      const journal = new Journal(store, key, environment);
      return redactor.json(await work({ journal, store, connections, context, events, patience }));
    });
  return {
    history: (spec, options = {}) => operate(spec, options, (request) => readHistory(spec, options, request)),
    previewAdopt: (spec, options = {}) => operate(spec, options, (request) => previewAdopt(spec, request)),
    adopt: (spec, options = {}) => operate(spec, options, (request) => adoptIngestion(spec, options.unknown, request)),
    previewReset: (spec, options = {}) => operate(spec, options, (request) => previewReset(spec, request)),
    reset: (spec, choice) => {
      const { signal, tenant, ...chosen } = choice ?? {};
      const options = { ...(signal ? { signal } : {}), ...(tenant === undefined ? {} : { tenant }) };
      return operate(spec, options, (request) => resetIngestion(spec, chosen as ResetChoice, request));
    },
  };
}
