import type { ExternalAccess } from '@calve/core/plugin';

/** Maven coordinates of what Spark 4.0 needs to open a SQLite catalog. */
export const SPARK_PACKAGES = [
  'org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0',
  'org.xerial:sqlite-jdbc:3.53.0.0',
] as const;

/**
 * The settings with which Spark opens a SQLite catalog as its own. SQLite knows no users, but Iceberg's JdbcCatalog wants both.
 *
 * @param name Of the catalog, in Spark and in the file.
 * @param path Of the file, absolute.
 * @param warehouse URI.
 */
export function sparkAccess(name: string, path: string, warehouse: string): ExternalAccess & { kind: 'spark' } {
  const catalog = `spark.sql.catalog.${name}`;
  return {
    kind: 'spark',
    uri: warehouse,
    conf: {
      'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
      [catalog]: 'org.apache.iceberg.spark.SparkCatalog',
      [`${catalog}.type`]: 'jdbc',
      [`${catalog}.uri`]: `jdbc:sqlite:${path}`,
      [`${catalog}.warehouse`]: warehouse,
      [`${catalog}.jdbc.schema-version`]: 'V1',
      [`${catalog}.jdbc.user`]: 'calve',
      [`${catalog}.jdbc.password`]: 'calve',
    },
    jars: [...SPARK_PACKAGES],
  };
}
