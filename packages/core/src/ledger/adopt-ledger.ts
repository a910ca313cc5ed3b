import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { addToGroup, emptyGroup, type FileGroup, filesText } from './file-group.ts';
import { LoadedBefore } from './loaded-before.ts';
import type { RowOrigin } from './row-origins.ts';
import { unknownFingerprint } from './unknown-content.ts';

/** What would be known after a ledger is rebuilt from its table. Plain JSON. */
export interface AdoptPreview {
  ingestion: string;
  /** Where the state is, and the table of the first output, for people. */
  state: string;
  table: string;
  /** What is there now: adopting makes a new ledger, takes the place of an old copy, or changes nothing. */
  ledger: 'absent' | 'old-copy' | 'fits';
  /** Of the newest commit in the table: the ledger goes on from there. */
  generation: string;
  committed: Record<string, number>;
  /** Files in the source whose rows are in the table: they are not loaded again. */
  known: FileGroup;
  /** Files of which another version has rows in the table. What that version held is not known any more, so they wait for a decision. */
  changed: FileGroup;
  /** Files of which no row is in the table: new ones, and those that were left out, or had no rows, when the ledger was lost. The next run loads them, unless they are left. */
  unknown: FileGroup;
  /** Versions with rows in the table that are no longer in the source. A copy of one of them cannot be told from a new file. */
  gone: number;
  /** Rows that name no file: another writer added them. */
  namelessRows: number;
  /**
   * Rejected rows of a commit that the loss of the ledger cut in half: they are in no table. Adopting does not bring them back; loading the files again
   * would double their other rows.
   */
  lostRejectedRows: number;
  /** Files that may still be written, or cannot be read now; the next run looks at them. */
  unsettled: number;
  /** Some of `unknown` may be copies of versions that are gone or changed, so somebody has to say whether they load. */
  mustChoose: boolean;
}

/** What becomes of files without a row in the table: the next run loads them, or they count as loaded. */
export type UnknownFiles = 'load' | 'leave';

/** What was done. `already-there`: the ledger fits the table; nothing was changed. */
export interface AdoptResult {
  outcome: 'adopted' | 'already-there';
  generation: string;
  committed: Record<string, number>;
  /** Versions of files that the ledger knows now. */
  known: number;
  /** Files that count as loaded without a row, as was chosen. */
  left: number;
  /** As in the preview. */
  lostRejectedRows: number;
}

/** The files of a source beside the rows of a table. */
export interface AdoptedFiles {
  known: FileGroup;
  changed: FileGroup;
  unknown: FileGroup;
  gone: number;
  mustChoose: boolean;
  /** For the new ledger: what is still there comes last, so that it is the newest of its place. */
  records: UnitRecord[];
  unknownUnits: ObjectUnit[];
}

/** Names of the outputs that the counts of a record are about. */
export interface CountedOutputs {
  accepted: string;
  /** Absent: the spec has none. */
  rejected?: string;
}

/**
 * Finds for each version with rows the file that is still there, and for each file whether it has rows. Pure.
 *
 * @param before What an old copy of the ledger knows; it stays known, whether the table has rows of it or not.
 */
export function matchOrigins(
  origins: Iterable<RowOrigin>,
  units: readonly ObjectUnit[],
  outputs: CountedOutputs,
  before: LoadedBefore = new LoadedBefore(),
): AdoptedFiles {
  const byUri = new Map(units.map((unit) => [unit.uri, unit]));
  const matched = new Map<string, UnitRecord>();
  const others: UnitRecord[] = [];
  let unknownVersions = 0;
  const loadedUris = new Set<string>();
  for (const origin of origins) {
    loadedUris.add(origin.uri);
    const unit = byUri.get(origin.uri);
    const counts = countsOf(origin, outputs);
    const known = before.ofOrigin(origin);
    const again = knownAgain(origin, outputs, before);
    if (unit?.version === origin.version) matched.set(unit.key, again(before.ofKey(unit.key)) ?? recordOf(unit, counts));
    else others.push(again(known) ?? recordOf(unitOfOrigin(origin, unit), counts));
    if (unit?.version !== origin.version && !known) unknownVersions += 1;
  }
  const files = { known: emptyGroup(), changed: emptyGroup(), unknown: emptyGroup() };
  const unknownUnits: ObjectUnit[] = [];
  for (const unit of units) {
    const earlier = before.ofKey(unit.key);
    if (earlier && !matched.has(unit.key)) matched.set(unit.key, earlier);
    const fate = matched.has(unit.key) ? 'known' : loadedUris.has(unit.uri) ? 'changed' : 'unknown';
    addToGroup(files[fate], unit);
    if (fate === 'unknown') unknownUnits.push(unit);
  }
  const told = new Set([...others, ...matched.values()].map(({ unit }) => unit.key));
  return {
    ...files,
    gone: others.filter(({ unit }) => unit.kind === 'object' && !byUri.has(unit.uri)).length,
    mustChoose: unknownVersions > 0 && unknownUnits.length > 0,
    records: [...[...before.all()].filter(({ unit }) => !told.has(unit.key)), ...others, ...matched.values()],
    unknownUnits,
  };
}

/** The error for files of which somebody has to say whether they load. */
export function adoptionUndecided(preview: AdoptPreview): CalveError {
  const { table, unknown, changed, gone } = preview;
  const files = filesText(unknown.count);
  const missing = [
    ...(gone > 0 ? [`${gone} loaded version${gone === 1 ? ' is' : 's are'} no longer in the source`] : []),
    ...(changed.count > 0 ? [`${filesText(changed.count)} changed`] : []),
  ];
  const because = missing.length > 0 ? missing.join(' and ') : 'earlier versions of loaded files are gone';
  return new CalveError(
    'OPTIONS_INVALID',
    `${table} has no row of ${files} in the source (${unknown.examples.join(', ')}), and ${because}: some of these files may be copies of loaded content under another name, ` +
      'which nobody can tell any more. Say what becomes of them: load them in the next run, or leave them out. Nothing was changed.',
    {
      recovery: {
        kind: 'decide',
        choices: [
          `unknown: "load": the next run loads ${files}`,
          `unknown: "leave": ${files} count${unknown.count === 1 ? 's' : ''} as loaded`,
        ],
      },
      context: preview as unknown as Json,
    },
  );
}

/**
 * What an old copy knows of a version, unless the table has more rows of it: then rejected rows went again after the copy was made. Which ones, nobody
 * knows any more, so the record loses the number of its commit, and none of them goes again.
 */
function knownAgain(
  origin: RowOrigin,
  outputs: CountedOutputs,
  before: LoadedBefore,
): (record: UnitRecord | undefined) => UnitRecord | undefined {
  const hasMore = origin.accepted > before.rowsOf(origin, outputs.accepted);
  return (record) => {
    const rejected = record?.counts?.[outputs.accepted]?.rejected ?? 0;
    return record && hasMore && rejected > 0 ? { ...record, sequence: null } : record;
  };
}

/** As a run counts: what was read is in the table or among the rejected rows. */
function countsOf({ accepted, rejected }: RowOrigin, outputs: CountedOutputs): Record<string, RowCounts> {
  const read = accepted + rejected;
  const none = { expanded: 0, filtered: 0, deduplicated: 0, replaced: 0 };
  const counts: Record<string, RowCounts> = { [outputs.accepted]: { ...none, read, written: accepted, rejected } };
  if (outputs.rejected !== undefined)
    counts[outputs.rejected] = { ...none, read, written: rejected, rejected: 0, filtered: accepted };
  return counts;
}

function recordOf(unit: ObjectUnit, counts: Record<string, RowCounts>): UnitRecord {
  // In which commit it was, only the lost ledger knew.
  return { unit, state: 'ingested', sequence: null, counts, attempts: 1 };
}

/** A version that is not there any more. Where the source has a file of this name, that one stands in its place. */
function unitOfOrigin({ uri, version }: RowOrigin, now: ObjectUnit | undefined): ObjectUnit {
  return {
    kind: 'object',
    key: `${uri}#${version}`,
    place: now?.place ?? uri,
    fingerprint: unknownFingerprint(uri, version),
    uri,
    version,
    sizeBytes: 0,
    modifiedAt: new Date(0).toISOString(),
  };
}
