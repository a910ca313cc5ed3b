import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import { commitOf, type LedgerHistory, pageOfHistory, sumRecords, type TableHistory } from '../ledger/commit-history.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { LedgerRequest } from './ledger-request.ts';

/** Which part of a history is asked for. */
export interface HistoryPage {
  /** Most commits of one page, 1 to 1,000; default 50. */
  limit?: number;
  /** Only commits with lower numbers: `next` of the page before. */
  before?: number;
}

/** One page of the commits of an ingestion, newest first, from its ledger and its tables; either is enough. Writes nothing. */
export async function readHistory(spec: IngestionSpec, page: HistoryPage, request: LedgerRequest): Promise<LedgerHistory> {
  const { limit = 50, before } = page;
  assertPage(limit, before);
  const { journal, store, connections } = request;
  const { key } = journal;
  const main = mainOutput(spec);
  const current = await journal.load();
  const head = current === 'absent' ? null : current.head;
  const tables: Record<string, TableHistory> = {};
  for (const { name, sink, options } of spec.outputs) {
    const session = await connections.sink(sink);
    await session.inspect(options);
    tables[name] = { evidence: await session.evidence(options, key), commits: (await session.commits?.(options, key)) ?? [] };
  }
  const { newest, oldest, next } = pageOfHistory({ head, tables, first: main.name }, limit, before);
  const ledger = await sumRecords(loadedSince(oldest, request));
  const facts = { head, ledger, tables, first: main.name };
  return {
    ingestion: key.ingestion,
    state: store.location,
    table: (await connections.sink(main.sink)).describe(main.options).name,
    commits: Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, index) => commitOf(newest - index, facts)),
    next,
  };
}

/** Records of what was loaded in a commit from `oldest` on. What was replaced belongs to a later commit by now. */
async function* loadedSince(oldest: number, { store, journal: { key } }: LedgerRequest): AsyncGenerator<UnitRecord> {
  yield* store.scan(key, { state: 'ingested', since: oldest });
  yield* store.scan(key, { state: 'skipped', since: oldest });
}

function assertPage(limit: number, before: number | undefined): void {
  const isFine = Number.isInteger(limit) && limit >= 1 && limit <= 1000 && (before === undefined || Number.isInteger(before));
  if (isFine) return;
  throw new CalveError(
    'OPTIONS_INVALID',
    `A page of a history has 1 to 1,000 commits, below a whole number; asked for were ${limit} below ${before ?? 'none'}.`,
    { recovery: 'fix-input' },
  );
}
