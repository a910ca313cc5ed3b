/**
 * The tables of a SQL catalog as Iceberg's JdbcCatalog (schema version V1) and PyIceberg's SqlCatalog create them.
 *
 * @see `JdbcUtil` of Apache Iceberg 1.11.0; `pyiceberg.catalog.sql` of PyIceberg 0.12.0
 */
export const createCatalogTables = `
CREATE TABLE IF NOT EXISTS iceberg_tables (
  catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
  metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name));
CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
  catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL,
  property_value VARCHAR(1000) NOT NULL, PRIMARY KEY (catalog_name, namespace, property_key));`;

/** Whether the catalog's tables are there at all: a new file has none. */
export const hasCatalogTables = `SELECT count(*) AS found FROM sqlite_master WHERE type = 'table' AND name = 'iceberg_tables'`;

/** The row of one table. `iceberg_type` is missing in catalogs of schema version V0, so every column is taken. */
export const selectTable = `SELECT * FROM iceberg_tables WHERE catalog_name = :catalog AND table_namespace = :namespace AND table_name = :name`;

/** The rows of all tables of a catalog, whatever they are of. */
export const selectTables = `SELECT * FROM iceberg_tables WHERE catalog_name = :catalog ORDER BY table_namespace, table_name`;

/** The commit: exactly one changed row, otherwise somebody else was first. */
export const movePointer = `UPDATE iceberg_tables SET metadata_location = :next, previous_metadata_location = :previous
 WHERE catalog_name = :catalog AND table_namespace = :namespace AND table_name = :name AND metadata_location = :previous
   AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)`;

/** The commit that creates a table; fails on the primary key when somebody else was first. */
export const insertTable = `INSERT INTO iceberg_tables
 (catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location, iceberg_type)
 VALUES (:catalog, :namespace, :name, :next, NULL, 'TABLE')`;

/** A namespace exists when it has a property. */
export const insertNamespace = `INSERT OR IGNORE INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value)
 VALUES (:catalog, :namespace, 'exists', 'true')`;

/** Adds what schema version V1 has more than V0. */
export const upgradeToVersion1 = `ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5)`;
