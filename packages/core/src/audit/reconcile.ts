import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CountedOutputs } from '../ledger/adopt-ledger.ts';
import type { CommitState } from '../ledger/commit-history.ts';
import type { RowOrigin, RowOrigins } from '../ledger/row-origins.ts';
import { COUNTED_AS_LOADED } from '../ledger/unknown-content.ts';
import { OBJECT_REPLACED } from '../plan/superseded-records.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { FileTally } from './file-tally.ts';
import { nothingReconciled, type Reconciled } from './reconciled.ts';

/** Everything but the records of the ledger, which come one by one. */
export interface ReconcileFacts {
  /** What the folder offers now. */
  units: readonly ObjectUnit[];
  /** Which file version each row of the tables names; null: the table does not tell. */
  origins: Pick<RowOrigins, 'find' | typeof Symbol.iterator> | null;
  outputs: CountedOutputs;
  /** The table of rejected rows tells too. */
  isRejectedCompared: boolean;
  /** The commit that an earlier run left open. */
  intent: CommitIntent | null;
  /** What the table tells about the commit with one number. */
  stateOf(sequence: number): CommitState;
  /** The same content under another name is loaded again. */
  isCopyLoaded: boolean;
  /** Rows of a file may be replaced by those of others: the ingestion merges or overwrites. */
  areRowsReplaced: boolean;
}

/** Stands for an expectation that the rows of the table fulfil: of a million, nearly all do. */
const EQUAL = Symbol('equal');

function equalTo({ accepted, rejected }: RowOrigin): Expected {
  return { rows: accepted, rejected, sequence: null, isUncounted: false };
}

/** What the ledger counted of one file version. */
interface Expected {
  rows: number;
  rejected: number;
  sequence: number | null;
  /** Nobody counted: nothing can be compared. */
  isUncounted: boolean;
}

/**
 * Lays folder, ledger and table beside each other. Pure; memory: an entry for each file of the folder and for each version that has rows.
 *
 * A record and the folder meet in the unit key, a record and the table in file and version, which is what rows carry.
 */
export class Reconciliation {
  readonly #facts: ReconcileFacts;
  /** Files of the folder that are not known to be loaded, by unit key: nearly all of them leave it, so it becomes small. */
  readonly #waiting: Map<string, ObjectUnit>;
  /** Of those: what the ledger says. */
  readonly #recorded = new Map<string, Pick<UnitRecord, 'state' | 'code'>>();
  /** Of the folder; made when a record is met whose very version is not there. */
  #places: ReadonlySet<string> | null = null;
  #fingerprints: ReadonlySet<string> | null = null;
  /** Of loaded versions that are not there themselves. */
  readonly #loadedPlaces = new Set<string>();
  readonly #loadedFingerprints = new Set<string>();
  readonly #expected = new Map<RowOrigin, Expected | typeof EQUAL>();
  /** Versions that were replaced: whether the record of the file was met, or only those of rows that went again. */
  readonly #replaced = new Map<RowOrigin, 'file' | 'rows'>();
  readonly #open = new Set<RowOrigin>();
  readonly #openKeys: ReadonlySet<string>;
  readonly #result: Reconciled = nothingReconciled();

  constructor(facts: ReconcileFacts) {
    this.#facts = facts;
    this.#waiting = new Map(facts.units.map((unit) => [unit.key, unit]));
    this.#openKeys = new Set(facts.intent?.unitKeys);
    for (const { unit } of facts.intent?.records ?? []) {
      const origin = unit.kind === 'object' ? facts.origins?.find(unit.uri, unit.version) : undefined;
      if (origin) this.#open.add(origin);
    }
  }

  /** One record of the ledger. */
  addRecord(record: UnitRecord): void {
    const { unit, state, code } = record;
    if (unit.kind !== 'object') return;
    if (state !== 'ingested') {
      if (code === OBJECT_REPLACED) this.#expectReplaced(unit, record);
      if (this.#waiting.has(unit.key)) this.#recorded.set(unit.key, { state, ...(code === undefined ? {} : { code }) });
      return;
    }
    // Rows that went again are more of a version that has a record of its own.
    const isThere = unit.replay !== undefined || this.#waiting.delete(unit.key) || this.#noteAbsent(unit);
    // The same rows under a newer identity of the file: the record that loaded them is there too.
    if (record.finding?.code === 'OBJECT_UNCHANGED') return;
    if (!isThere) this.#result.gone.add(unit.uri, unit.version);
    this.#expect(unit, record);
  }

  /** Called once, after the last record. */
  finish(): Reconciled {
    for (const [origin, expected] of this.#expected)
      this.#compare(origin, origin, expected === EQUAL ? equalTo(origin) : expected);
    const unclaimed = this.#unclaimed();
    if (this.#waiting.size > 0) {
      const { units } = this.#facts;
      for (const { key, fingerprint } of units) if (!this.#waiting.has(key)) this.#loadedFingerprints.add(fingerprint);
    }
    for (const unit of this.#waiting.values()) this.#judgeWaiting(unit, unclaimed);
    return this.#result;
  }

  /** A loaded version that is not in the folder itself. @returns True: another version stands in its place. */
  #noteAbsent({ place, fingerprint }: ObjectUnit): boolean {
    this.#places ??= new Set(this.#facts.units.map((unit) => unit.place));
    this.#fingerprints ??= new Set(this.#facts.units.map((unit) => unit.fingerprint));
    if (this.#fingerprints.has(fingerprint)) this.#loadedFingerprints.add(fingerprint);
    if (!this.#places.has(place)) return false;
    this.#loadedPlaces.add(place);
    return true;
  }

  #expect(unit: ObjectUnit, { counts, code, sequence }: UnitRecord): void {
    const { outputs, origins } = this.#facts;
    const isUncounted = counts === null;
    const rows = counts?.[outputs.accepted]?.written ?? 0;
    const rejected = outputs.rejected === undefined ? 0 : (counts?.[outputs.rejected]?.written ?? 0);
    const { ledger, countedAsLoaded } = this.#result;
    if (code === COUNTED_AS_LOADED) countedAsLoaded.add(unit.uri, unit.version);
    if (!isUncounted) {
      ledger.files += unit.replay ? 0 : 1;
      ledger.rows += rows;
      ledger.rejected += rejected;
    }
    if (origins === null) return;
    const origin = origins.find(unit.uri, unit.version);
    const expected = { rows, rejected, sequence, isUncounted };
    if (origin && !isUncounted && !this.#expected.has(origin) && rows === origin.accepted && rejected === origin.rejected) {
      this.#expected.set(origin, EQUAL);
      return;
    }
    if (!origin) {
      this.#compare(unit, { accepted: 0, rejected: 0 }, expected);
      return;
    }
    // Two contents of one file can have the same version where a file system is coarse.
    const known = this.#expected.get(origin);
    const earlier = known === EQUAL ? equalTo(origin) : known;
    this.#expected.set(origin, {
      rows: rows + (earlier?.rows ?? 0),
      rejected: rejected + (earlier?.rejected ?? 0),
      sequence: sequence ?? earlier?.sequence ?? null,
      isUncounted: isUncounted || earlier?.isUncounted === true,
    });
  }

  /** Its accepted rows went with the corrected version; those that were rejected stay where they are, also those that went again. */
  #expectReplaced({ uri, version, replay }: ObjectUnit, { counts }: UnitRecord): void {
    const { outputs, origins } = this.#facts;
    const origin = origins?.find(uri, version);
    if (!origin) return;
    const known = this.#expected.get(origin);
    const isOther = known !== undefined && !this.#replaced.has(origin);
    if (isOther || known === EQUAL || (!replay && this.#replaced.get(origin) === 'file')) return;
    this.#replaced.set(origin, replay ? (this.#replaced.get(origin) ?? 'rows') : 'file');
    const rejected = outputs.rejected === undefined ? 0 : (counts?.[outputs.rejected]?.written ?? 0);
    const isUncounted = counts === null || known?.isUncounted === true;
    this.#expected.set(origin, { rows: 0, rejected: rejected + (known?.rejected ?? 0), sequence: null, isUncounted });
  }

  #compare(
    { uri, version }: { uri: string; version: string },
    found: Pick<RowOrigin, 'accepted' | 'rejected'>,
    expected: Expected,
  ): void {
    if (expected.isUncounted) return;
    const { agreeing, twice, missing, takenAway, notComparable, rejectedFewer, rejectedMore } = this.#result;
    const rows = { ledger: expected.rows, table: found.accepted };
    const rejected = { ledger: expected.rejected, table: found.rejected };
    if (rows.table > rows.ledger) twice.add(uri, version, rows);
    else if (rows.table < rows.ledger && this.#facts.areRowsReplaced) notComparable.add(uri, version, rows);
    else if (rows.table < rows.ledger) (this.#isShown(expected) ? takenAway : missing).add(uri, version, rows);
    const areRejectedEqual = !this.#facts.isRejectedCompared || rejected.table === rejected.ledger;
    if (!areRejectedEqual) (rejected.table < rejected.ledger ? rejectedFewer : rejectedMore).add(uri, version, rejected);
    if (rows.table !== rows.ledger || !areRejectedEqual) return;
    agreeing.files += 1;
    agreeing.rows += rows.table;
    if (this.#facts.isRejectedCompared) agreeing.rejected += rejected.table;
  }

  /** Its commit is in the history of the table. Which one it was, a ledger that was adopted does not know: it was made from these rows. */
  #isShown({ sequence }: Expected): boolean {
    if (sequence === null) return true;
    const state = this.#facts.stateOf(sequence);
    return state === 'live' || state === 'expired';
  }

  /** URIs of which the table has rows that the ledger knows nothing of. */
  #unclaimed(): Set<string> {
    const { found, unknownOrigin, wouldRepeat } = this.#result;
    const unknown = new Set([...this.#waiting.values()].filter((unit) => this.#isUnknown(unit)).map(({ uri }) => uri));
    const uris = new Set<string>();
    for (const origin of this.#facts.origins ?? []) {
      found.files += 1;
      found.rows += origin.accepted;
      found.rejected += origin.rejected;
      if (this.#expected.has(origin) || this.#open.has(origin)) continue;
      uris.add(origin.uri);
      const group = unknown.has(origin.uri) ? wouldRepeat : unknownOrigin;
      group.add(origin.uri, origin.version, { ledger: 0, table: origin.accepted + origin.rejected });
    }
    return uris;
  }

  #isUnknown(unit: ObjectUnit): boolean {
    return !this.#recorded.has(unit.key) && !this.#loadedPlaces.has(unit.place);
  }

  #judgeWaiting(unit: ObjectUnit, unclaimed: ReadonlySet<string>): void {
    const { uri, version, key, place, fingerprint } = unit;
    const { changed, neverSeen, perhapsCopies } = this.#result;
    const record = this.#recorded.get(key);
    if (record) {
      const { state, code } = record;
      if ((state === 'held' && code === 'OBJECT_CHANGED_AFTER_LOAD') || code === OBJECT_REPLACED) changed.add(uri, version);
      else this.#setAside(`${state} ${code ?? state}`).add(uri, version);
      return;
    }
    if (this.#openKeys.has(key)) return;
    if (this.#loadedPlaces.has(place)) changed.add(uri, version);
    else if (unclaimed.has(uri)) return;
    else if (!this.#facts.isCopyLoaded && this.#loadedFingerprints.has(fingerprint)) perhapsCopies.add(uri, version);
    else neverSeen.add(uri, version);
  }

  #setAside(name: string): FileTally {
    const found = this.#result.setAside.get(name) ?? new FileTally(false);
    this.#result.setAside.set(name, found);
    return found;
  }
}
