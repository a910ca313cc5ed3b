import { CalveError } from '../../errors/calve-error.ts';
import type { SqliteDriver } from './sqlite-driver.ts';

/** Kept in `user_version`. Raised with every change of the tables below. */
const SCHEMA_VERSION = 5;

/** Which units are settled stands in it, so that no record is read. */
const STATE_INDEX = 'CREATE INDEX calve_units_state ON calve_units (tenant, ingestion, state, unit_key, code)';

const INTENT_RECORDS = `CREATE TABLE calve_intent_records (
  tenant TEXT NOT NULL, ingestion TEXT NOT NULL, part INTEGER NOT NULL, records TEXT NOT NULL,
  PRIMARY KEY (tenant, ingestion, part)
) STRICT`;

/**
 * Table and column names are public API (others read the ledger with SQL). `entry` counts insertions within a ledger: the newest record
 * of a place is the one with the greatest. An intent of many files has its records in `calve_intent_records`. JSON stands in text columns,
 * 64-bit numbers inside it as digits.
 */
const TABLES = `
CREATE TABLE calve_head (
  tenant TEXT NOT NULL, ingestion TEXT NOT NULL, version INTEGER NOT NULL, generation TEXT NOT NULL, committed TEXT NOT NULL,
  commit_id TEXT, intent TEXT, watermark TEXT NOT NULL, tag TEXT NOT NULL, accepted TEXT, modes TEXT,
  PRIMARY KEY (tenant, ingestion)
) STRICT;
CREATE TABLE calve_units (
  tenant TEXT NOT NULL, ingestion TEXT NOT NULL, unit_key TEXT NOT NULL, place TEXT, fingerprint TEXT, unit TEXT NOT NULL,
  state TEXT NOT NULL, sequence INTEGER, counts TEXT, sha256 TEXT, code TEXT, finding TEXT, attempts INTEGER NOT NULL,
  observation TEXT, loaded_in INTEGER, entry INTEGER NOT NULL,
  PRIMARY KEY (tenant, ingestion, unit_key)
) STRICT;
CREATE INDEX calve_units_place ON calve_units (tenant, ingestion, place, entry);
CREATE INDEX calve_units_fingerprint ON calve_units (tenant, ingestion, fingerprint, entry);
${STATE_INDEX};
CREATE INDEX calve_units_entry ON calve_units (tenant, ingestion, entry);
${INTENT_RECORDS};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Looks whether the tables are there.
 *
 * @returns False: the file holds no state yet.
 * @throws {CalveError} `CHECKPOINT_UNAVAILABLE` (fix-input): a newer Calve wrote the file, or it belongs to another program.
 */
export function hasCheckpointTables(driver: SqliteDriver, path: string): boolean {
  // One statement, so that the answer is of one moment: another process may be creating them.
  const row = driver.all(`SELECT user_version AS version, (
    SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('calve_head', 'calve_units')) AS tables FROM pragma_user_version`)[0]!;
  const version = Number(row['version']);
  const tables = Number(row['tables']);
  if (tables === 2 && version >= 1 && version <= SCHEMA_VERSION) return true;
  if (tables === 0 && version === 0) return false;
  const problem =
    tables === 2 && version > SCHEMA_VERSION
      ? `a newer Calve wrote it (schema ${version}, this one knows ${SCHEMA_VERSION}); update Calve`
      : `it belongs to something else (schema number ${version}); name another path`;
  throw new CalveError('CHECKPOINT_UNAVAILABLE', `The state file ${path} cannot be used: ${problem}.`, {
    recovery: 'fix-input',
    context: { path, schema: version, known: SCHEMA_VERSION },
  });
}

/** Brings tables of an earlier Calve up to date; call inside a transaction. Reading alone needs no change: a column that is not there holds nothing. */
export function upgradeCheckpointTables(driver: SqliteDriver): void {
  const version = Number(driver.all('SELECT user_version AS version FROM pragma_user_version')[0]!['version']);
  if (version >= SCHEMA_VERSION) return;
  if (version < 2)
    driver.execute(`ALTER TABLE calve_head ADD COLUMN accepted TEXT; DROP INDEX IF EXISTS calve_units_state; ${STATE_INDEX}`);
  if (version < 3) driver.execute('ALTER TABLE calve_units ADD COLUMN loaded_in INTEGER');
  if (version < 4) driver.execute('ALTER TABLE calve_head ADD COLUMN modes TEXT');
  driver.execute(`${INTENT_RECORDS}; PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** Creates the tables; call inside a transaction after `hasCheckpointTables` said no. */
export function createCheckpointTables(driver: SqliteDriver): void {
  driver.execute(TABLES);
}
