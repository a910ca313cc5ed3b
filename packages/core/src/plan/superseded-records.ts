import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Batch } from './ingestion-plan.ts';

/** Code of the records of versions whose rows went when a corrected version of the same file was loaded. */
export const OBJECT_REPLACED = 'OBJECT_REPLACED';

/**
 * The records of the versions that a batch replaces, as they are once it is committed. They belong to the commit that took their rows: when that is
 * rolled back, their rows are there again. Counts stay as they were when the rows were loaded. Pure.
 *
 * @param loaded Keys of the units that were loaded: what a unit that was set aside would have replaced stays.
 */
export function supersededRecords(
  { units, sequence }: Pick<Batch, 'units' | 'sequence'>,
  loaded: ReadonlySet<string>,
): UnitRecord[] {
  return units
    .filter(({ unit }) => loaded.has(unit.key))
    .flatMap(({ unit, replaces = [] }) =>
      replaces
        .filter((record) => record.unit.key !== unit.key)
        .map((record): UnitRecord => {
          const name = record.unit.kind === 'object' ? record.unit.uri : record.unit.key;
          const finding = {
            code: OBJECT_REPLACED,
            severity: 'info' as const,
            message: `The rows of this version of ${name} were replaced by those of a corrected one, in commit ${sequence}.`,
            at: { unit: record.unit.key },
          };
          // A file that was touched has a record for each of its identities; the first one counted the rows.
          const isCounted = record.sequence !== null && record.finding?.code !== 'OBJECT_UNCHANGED';
          const loadedIn = isCounted ? { loadedIn: record.sequence as number } : {};
          return { ...record, state: 'skipped', code: OBJECT_REPLACED, finding, sequence, ...loadedIn };
        }),
    );
}
