import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { Observation } from '../format/observation.ts';
import { mayHoldContentOf } from '../ledger/unknown-content.ts';
import {
  chooseUnit,
  isSkippedCopy,
  type KnownUnits,
  settleComparison,
  type UnitChoice,
  unreadableKey,
  unreadableObject,
} from '../plan/choose-units.ts';
import type { SetAsideUnit, UnitReason } from '../plan/ingestion-plan.ts';
import { isWorthAnotherTry } from '../plan/quarantine-conditions.ts';
import { ALREADY_LOADED } from '../plan/skip-reasons.ts';
import { hashingReader } from '../source/hashing-reader.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ListPage, ObjectSession, UnreadableObject } from '../source/source.ts';
import { yieldingReader } from '../source/yielding-reader.ts';
import { replaceIssue } from '../spec/check-modes.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { listPages } from './list-pages.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';
import { RunNotes } from './run-notes.ts';
import { SkippedGroups } from './skipped-groups.ts';

/** A unit that may become part of the batch. */
export interface CandidateUnit {
  unit: ObjectUnit;
  because: UnitReason;
  attempts: number;
  /** Known when the content had to be compared. */
  sha256?: string;
  /** Loaded versions whose rows it replaces. */
  replaces?: UnitRecord[];
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

/** What is looked for. */
export interface DiscoveryRequest {
  /** Unit keys that this run has dealt with already. */
  except: ReadonlySet<string>;
  onWaiting(until: string): void;
  /** The sink can replace the rows of a file. Default no. */
  canReplace?: boolean;
  /** What the source notes may be written down. Default no. */
  keepsNotes?: boolean;
  /** Only these files of the ledger, looked at whatever became of them before; absent: all files that wait or are new. */
  isRequested?(record: UnitRecord): boolean;
}

/** Lists the source and asks the ledger about each page. Files that may still be written are waited for once, then left to the next run. */
export async function discoverUnits(
  spec: IngestionSpec,
  source: ObjectSession,
  store: CheckpointStore,
  key: LedgerKey,
  context: CallContext,
  request: DiscoveryRequest,
): Promise<Discovery> {
  const settleMilliseconds = spec.input.settleSeconds * 1000;
  const first = await discoverOnce(spec, source, store, key, context, request);
  if (!first.skipped.has('settling') || settleMilliseconds === 0) return withGroups(first);
  request.onWaiting(new Date(context.environment.now() + settleMilliseconds).toISOString());
  await context.environment.sleep(settleMilliseconds + 50, context.signal);
  return withGroups(await discoverOnce(spec, source, store, key, context, request));
}

function withGroups(discovery: Omit<Discovery, 'skipped'> & { skipped: SkippedGroups }): Discovery {
  return { ...discovery, skipped: discovery.skipped.groups() };
}

async function discoverOnce(
  spec: IngestionSpec,
  source: ObjectSession,
  store: CheckpointStore,
  key: LedgerKey,
  context: CallContext,
  { except, isRequested, canReplace = false, keepsNotes = false }: DiscoveryRequest,
): Promise<Omit<Discovery, 'skipped'> & { skipped: SkippedGroups }> {
  const { limits } = spec;
  const input: Policy = { ...spec.input, canReplace: canReplace && replaceIssue(spec) === null };
  const found: CandidateUnit[] = [];
  const setAside: SetAsideUnit[] = [];
  const skipped = new SkippedGroups();
  const backlog = { units: 0, bytes: 0 };
  let bytes = 0;
  let matched = 0;
  let searched: ListPage['searched'];
  const isAsked = (record: UnitRecord | undefined): boolean => !isRequested || (record !== undefined && isRequested(record));

  const notes = store.notes && new RunNotes(store.notes, context.tenant, keepsNotes);
  for await (const page of listPages(input, source, context, notes)) {
    throwIfAborted(context.signal);
    notes?.endPage();
    const unreadable = page.unreadable ?? [];
    matched += page.units.length + unreadable.length;
    for (const { uri, kind, reason } of page.skipped) skipped.add(kind, reason, uri);
    const { units, loaded } = await unsettledUnits(page, store, key, except);
    for (const unit of loaded) skipped.add('known', ALREADY_LOADED, unit.uri);
    const known = await knownUnits(units, unreadable, store, key);
    for (const object of unreadable) {
      const unitKey = unreadableKey(object.uri);
      if (!except.has(unitKey) && isAsked(known.byKey.get(unitKey)))
        setAside.push(unreadableObject(object, known.byKey.get(unitKey)));
    }
    for (const unit of units) {
      if (!isAsked(known.byKey.get(unit.key))) continue;
      const choice = chooseUnit(
        unit,
        known,
        input,
        (record) => isRequested !== undefined || isWorthAnotherTry(record, spec, context.limits),
      );
      const settled = await settleOrFail(unit, choice, source, context, input);
      if (settled.kind === 'leave') skipped.add('known', settled.reason, unit.uri);
      else if (settled.kind === 'set-aside') setAside.push(settled.record);
      else if (
        found.length >= limits.maxUnitsPerBatch ||
        (found.length > 0 && bytes + unit.sizeBytes > limits.maxBytesPerBatch)
      ) {
        backlog.units += 1;
        backlog.bytes += unit.sizeBytes;
      } else {
        const because = isRequested ? 'requested' : settled.because;
        const candidate: CandidateUnit = { unit, because, attempts: settled.attempts };
        if (settled.sha256) candidate.sha256 = settled.sha256;
        if (settled.replaces) candidate.replaces = await loadedVersions(unit, store, key);
        bytes += unit.sizeBytes;
        found.push(candidate);
      }
    }
    searched = page.searched ?? searched;
  }
  return { candidates: found, setAside, skipped, backlog, matched, searched };
}

/** Every version of a file that counts as loaded: one that was touched has a record for each of its identities. */
async function loadedVersions({ place }: ObjectUnit, store: CheckpointStore, key: LedgerKey): Promise<UnitRecord[]> {
  const records: UnitRecord[] = [];
  for await (const record of store.scan(key, { state: 'ingested', place }))
    if (record.unit.kind === 'object' && record.unit.place === place) records.push(record);
  return records;
}

/** Nearly all files of a listing are loaded, and of those the key says everything: no record is read. */
async function unsettledUnits(
  page: ListPage,
  store: CheckpointStore,
  key: LedgerKey,
  except: ReadonlySet<string>,
): Promise<{ units: readonly ObjectUnit[]; loaded: readonly ObjectUnit[] }> {
  const listed = except.size === 0 ? page.units : page.units.filter((unit) => !except.has(unit.key));
  const unsettled = await store.unsettled(
    key,
    listed.map((unit) => unit.key),
  );
  if (unsettled.size === 0) return { units: [], loaded: listed };
  return {
    units: listed.filter((unit) => unsettled.has(unit.key)),
    loaded: listed.filter((unit) => !unsettled.has(unit.key)),
  };
}

/** What the ledger knows about objects that need a look, and about the content of the copies that stood in their places. */
async function knownUnits(
  units: readonly ObjectUnit[],
  unreadable: readonly UnreadableObject[],
  store: CheckpointStore,
  key: LedgerKey,
): Promise<KnownUnits> {
  const keys = [...units.map((unit) => unit.key), ...unreadable.map(({ uri }) => unreadableKey(uri))];
  const byKey = await store.lookup(key, 'key', keys);
  // One that was counted as loaded is settled by its key too.
  const unsettled = units.filter((unit) => byKey.get(unit.key)?.state !== 'ingested');
  const [byPlace, byFingerprint] = await Promise.all([
    store.lookup(
      key,
      'place',
      unsettled.map(({ place }) => place),
    ),
    store.lookup(
      key,
      'fingerprint',
      unsettled.map(({ fingerprint }) => fingerprint),
    ),
  ]);
  const copied = [...byPlace.values()].flatMap((record) =>
    isSkippedCopy(record) && record.unit.kind === 'object' ? [record.unit.fingerprint] : [],
  );
  if (copied.length === 0) return { byKey, byPlace, byFingerprint };
  const originals = await store.lookup(key, 'fingerprint', copied);
  return { byKey, byPlace, byFingerprint: new Map([...byFingerprint, ...originals]) };
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
    const attempts = choice.kind === 'compare' ? choice.attempts : 0;
    return { kind: 'set-aside', record: unreadableUnit(unit, error, attempts, { input: rest[2] }) };
  }
}

type Policy = IngestionSpec['input'] & { canReplace: boolean };
type SettleArguments = [source: ObjectSession, context: CallContext, input: Policy];

async function settle(unit: ObjectUnit, choice: UnitChoice, ...[source, context, input]: SettleArguments): Promise<Settled> {
  if (choice.kind !== 'compare') return choice;
  const known = await withContent(choice.known, unit, source, context);
  const worthHashing =
    known.state === 'ingested' &&
    known.unit.kind === 'object' &&
    known.unit.fingerprint === unit.fingerprint &&
    known.unit.sizeBytes === unit.sizeBytes;
  const sha256 = worthHashing ? await hashUnit(unit, source, context) : null;
  const settled = settleComparison(unit, { ...choice, known }, sha256, input);
  return settled.kind === 'load' && sha256 !== null ? { ...settled, sha256 } : settled;
}

/** A file that counts as loaded without having been read is read now, where it still is what it was, and a copy of it turns up. */
async function withContent(
  known: UnitRecord,
  unit: ObjectUnit,
  source: ObjectSession,
  context: CallContext,
): Promise<UnitRecord> {
  const original = known.unit;
  const isComparable = original.kind === 'object' && original.place !== unit.place && original.fingerprint === unit.fingerprint;
  if (!isComparable || !mayHoldContentOf(known, unit)) return known;
  try {
    return { ...known, sha256: await hashUnit(original, source, context) };
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return known;
  }
}

/**
 * Finds units that have the content of an earlier one of the same batch. Files without rows are copies of nothing.
 *
 * @param units In listing order, with the rows that they are known to hold.
 * @returns The records of the copies.
 */
export async function findCopies(
  units: readonly (CandidateUnit & { observation: Pick<Observation, 'exactRows'> })[],
  source: ObjectSession,
  input: IngestionSpec['input'],
  context: CallContext,
): Promise<SetAsideUnit[]> {
  if (input.onSameContent === 'load') return [];
  const withFingerprint = new Map<string, CandidateUnit>();
  /** Where there is more than one: of thousands of files hardly any. */
  const alike = new Map<string, CandidateUnit[]>();
  const copies: SetAsideUnit[] = [];
  for (const candidate of units) {
    if (candidate.observation.exactRows === 0) continue;
    const { fingerprint, sizeBytes } = candidate.unit;
    const first = withFingerprint.get(fingerprint);
    if (first === undefined) {
      withFingerprint.set(fingerprint, candidate);
      continue;
    }
    const earlier = alike.get(fingerprint) ?? [first];
    alike.set(fingerprint, earlier);
    const others = earlier.filter(({ unit }) => unit.sizeBytes === sizeBytes);
    const copy = others.length > 0 ? await copyOf(candidate, others, source, input, context) : null;
    if (copy) copies.push(copy);
    else earlier.push(candidate);
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
    return unreadableUnit(unit, error, attempts, { input });
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
    const comparison = { kind: 'compare' as const, known, relation: 'same-fingerprint' as const, replaces: null, attempts };
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
