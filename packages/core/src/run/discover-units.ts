import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import { chooseUnit, settleComparison, type UnitChoice } from '../plan/choose-units.ts';
import type { SetAsideUnit, UnitReason } from '../plan/ingestion-plan.ts';
import { fileName } from '../source/file-name.ts';
import { hashingReader } from '../source/hashing-reader.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ListPage, ObjectSession } from '../source/source.ts';
import { yieldingReader } from '../source/yielding-reader.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';

/** A unit that may become part of the batch. */
export interface CandidateUnit {
  unit: ObjectUnit;
  because: UnitReason;
  attempts: number;
  /** Known when the content had to be compared. */
  sha256?: string;
}

/** What a listing and the ledger say together. */
export interface Discovery {
  candidates: CandidateUnit[];
  setAside: SetAsideUnit[];
  skipped: { reason: string; count: number; examples: string[] }[];
  backlog: { units: number; bytes: number };
  /** Objects that the source offered, whatever became of them. */
  matched: number;
  searched: ListPage['searched'];
}

/**
 * Lists the source and asks the ledger about each page. Files that may still be written are waited for once, then left to the next run.
 *
 * @param except Unit keys that this run has dealt with already.
 */
export async function discoverUnits(
  spec: IngestionSpec,
  source: ObjectSession,
  store: CheckpointStore,
  key: LedgerKey,
  context: CallContext,
  except: ReadonlySet<string>,
  onWaiting: (until: string) => void,
): Promise<Discovery> {
  const settleMilliseconds = spec.input.settleSeconds * 1000;
  const first = await discoverOnce(spec, source, store, key, context, except);
  const settling = first.skipped.some(({ kind }) => kind === 'settling');
  if (!settling || settleMilliseconds === 0) return withoutKinds(first);
  onWaiting(new Date(context.environment.now() + settleMilliseconds).toISOString());
  await context.environment.sleep(settleMilliseconds + 50, context.signal);
  return withoutKinds(await discoverOnce(spec, source, store, key, context, except));
}

interface Skipped {
  kind: string;
  reason: string;
  count: number;
  examples: string[];
}

async function discoverOnce(
  spec: IngestionSpec,
  source: ObjectSession,
  store: CheckpointStore,
  key: LedgerKey,
  context: CallContext,
  except: ReadonlySet<string>,
): Promise<Omit<Discovery, 'skipped'> & { skipped: Skipped[] }> {
  const { limits, input } = spec;
  const found: CandidateUnit[] = [];
  const setAside: SetAsideUnit[] = [];
  const skipped = new Map<string, Skipped>();
  const backlog = { units: 0, bytes: 0 };
  let bytes = 0;
  let matched = 0;
  let searched: ListPage['searched'];
  const skip = (kind: string, reason: string, uri: string): void => {
    // Sources name the file in the reason; without its name a thousand files share one entry.
    const shared = reason.replace(`${JSON.stringify(fileName(uri))} `, '');
    const group = kind === 'settling' ? kind : shared;
    const entry = skipped.get(group) ?? { kind, reason: shared, count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < 3) entry.examples.push(uri);
    skipped.set(group, entry);
  };

  const settledBefore = context.environment.now() - input.settleSeconds * 1000;
  const pages = source.list({
    signal: context.signal,
    settledBefore,
    ...(input.since === undefined ? {} : { modifiedSince: input.since }),
  });
  for await (const page of pages) {
    throwIfAborted(context.signal);
    matched += page.units.length;
    for (const { uri, kind, reason } of page.skipped) skip(kind, reason, uri);
    const [byKey, byPlace, byFingerprint] = await Promise.all([
      store.lookup(
        key,
        'key',
        page.units.map((unit) => unit.key),
      ),
      store.lookup(
        key,
        'place',
        page.units.map((unit) => unit.place),
      ),
      store.lookup(
        key,
        'fingerprint',
        page.units.map((unit) => unit.fingerprint),
      ),
    ]);
    for (const unit of page.units) {
      if (except.has(unit.key)) continue;
      const choice = chooseUnit(unit, { byKey, byPlace, byFingerprint }, input);
      const settled = await settleOrFail(unit, choice, source, context, input);
      if (settled.kind === 'leave') skip('known', settled.reason, unit.uri);
      else if (settled.kind === 'set-aside') setAside.push(settled.record);
      else if (
        found.length >= limits.maxUnitsPerBatch ||
        (found.length > 0 && bytes + unit.sizeBytes > limits.maxBytesPerBatch)
      ) {
        backlog.units += 1;
        backlog.bytes += unit.sizeBytes;
      } else {
        const candidate: CandidateUnit = {
          unit,
          because: settled.because,
          attempts: settled.attempts,
          ...(settled.sha256 ? { sha256: settled.sha256 } : {}),
        };
        bytes += unit.sizeBytes;
        found.push(candidate);
      }
    }
    searched = page.searched ?? searched;
  }
  return { candidates: found, setAside, skipped: [...skipped.values()], backlog, matched, searched };
}

type Settled =
  | (Extract<UnitChoice, { kind: 'load' }> & { sha256?: string })
  | Extract<UnitChoice, { kind: 'leave' }>
  | { kind: 'set-aside'; record: SetAsideUnit };

/** A file that cannot be read for the comparison is set aside like one that cannot be read for loading. */
async function settleOrFail(unit: ObjectUnit, choice: UnitChoice, ...rest: SettleArguments): Promise<Settled> {
  try {
    return await settle(unit, choice, ...rest);
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return { kind: 'set-aside', record: unreadableUnit(unit, error, choice.kind === 'compare' ? choice.attempts : 0) };
  }
}

type SettleArguments = [source: ObjectSession, context: CallContext, input: IngestionSpec['input']];

async function settle(unit: ObjectUnit, choice: UnitChoice, ...[source, context, input]: SettleArguments): Promise<Settled> {
  if (choice.kind !== 'compare') return choice;
  const { known } = choice;
  const worthHashing =
    known.unit.kind === 'object' && known.unit.fingerprint === unit.fingerprint && known.unit.sizeBytes === unit.sizeBytes;
  const sha256 = worthHashing ? await hashUnit(unit, source, context) : null;
  const settled = settleComparison(unit, choice, sha256, input);
  return settled.kind === 'load' && sha256 !== null ? { ...settled, sha256 } : settled;
}

/**
 * Finds units that have the content of an earlier one of the same batch. Files without rows are copies of nothing.
 *
 * @param units In listing order, with the rows that they are known to hold.
 * @returns The records of the copies.
 */
export async function findCopies(
  units: readonly { candidate: CandidateUnit; rows: number | undefined }[],
  source: ObjectSession,
  input: IngestionSpec['input'],
  context: CallContext,
): Promise<SetAsideUnit[]> {
  if (input.onSameContent === 'load') return [];
  const withFingerprint = new Map<string, CandidateUnit[]>();
  const copies: SetAsideUnit[] = [];
  for (const { candidate, rows } of units) {
    if (rows === 0) continue;
    const group = `${candidate.unit.sizeBytes} ${candidate.unit.fingerprint}`;
    const others = withFingerprint.get(group) ?? [];
    withFingerprint.set(group, others);
    const copy = others.length > 0 ? await copyOf(candidate, others, source, input, context) : null;
    if (copy) copies.push(copy);
    else others.push(candidate);
  }
  return copies;
}

async function copyOf(
  candidate: CandidateUnit,
  others: readonly CandidateUnit[],
  source: ObjectSession,
  input: IngestionSpec['input'],
  context: CallContext,
): Promise<SetAsideUnit | null> {
  const { unit, attempts } = candidate;
  try {
    candidate.sha256 ??= await hashUnit(unit, source, context);
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return unreadableUnit(unit, error, attempts);
  }
  for (const twin of others) {
    try {
      twin.sha256 ??= await hashUnit(twin.unit, source, context);
    } catch (error) {
      // Loading it will find the same and set it aside.
      if (!isUnitFault(error)) throw error;
      continue;
    }
    const known = { unit: twin.unit, state: 'ingested' as const, sequence: null, counts: null, sha256: twin.sha256, attempts: 0 };
    const comparison = { kind: 'compare' as const, known, relation: 'same-fingerprint' as const, attempts };
    const settled = settleComparison(unit, comparison, candidate.sha256, input);
    if (settled.kind === 'set-aside') return settled.record;
  }
  return null;
}

/** SHA-256 of the stored bytes in hexadecimal. */
async function hashUnit(unit: ObjectUnit, source: ObjectSession, context: CallContext): Promise<string> {
  const opened = yieldingReader(await source.open(unit, context), context.environment, context.signal);
  const reader = hashingReader(opened, context.environment.sha256());
  try {
    const sha256 = await reader.finishHash();
    await reader.verify();
    return sha256;
  } finally {
    await reader.close();
  }
}

function withoutKinds(discovery: Omit<Discovery, 'skipped'> & { skipped: Skipped[] }): Discovery {
  return { ...discovery, skipped: discovery.skipped.map(({ reason, count, examples }) => ({ reason, count, examples })) };
}
