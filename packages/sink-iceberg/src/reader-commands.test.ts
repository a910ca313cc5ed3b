import { describe, expect, it } from 'vitest';
import { temporaryLake } from '../test/temporary-lake.ts';
import { icebergReaderCommands, readerCommands } from './reader-commands.ts';

const plain = {
  catalogPath: '/lake/catalog.db',
  catalogName: 'calve',
  warehouse: 'file:///lake/warehouse',
  table: 'sales.orders',
  metadataLocation: 'file:///lake/warehouse/sales/orders/metadata/00001-x.metadata.json',
};

describe('readerCommands', () => {
  it('writes one line per engine', () => {
    expect(readerCommands(plain)).toEqual({
      pyiceberg:
        'from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog("calve", uri="sqlite:////lake/catalog.db", warehouse="file:///lake/warehouse").load_table("sales.orders").scan().to_arrow()',
      duckdb: "SELECT * FROM iceberg_scan('/lake/warehouse/sales/orders/metadata/00001-x.metadata.json');",
      spark:
        'spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0,org.xerial:sqlite-jdbc:3.53.0.0' +
        ' --conf spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions' +
        ' --conf spark.sql.catalog.calve=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.calve.type=jdbc' +
        ' --conf spark.sql.catalog.calve.uri=jdbc:sqlite:/lake/catalog.db --conf spark.sql.catalog.calve.warehouse=file:///lake/warehouse' +
        ' --conf spark.sql.catalog.calve.jdbc.schema-version=V1 --conf spark.sql.catalog.calve.jdbc.user=calve' +
        " --conf spark.sql.catalog.calve.jdbc.password=calve -e 'SELECT * FROM calve.sales.orders'",
    });
  });

  it('quotes what an engine would take for something else', () => {
    const lines = readerCommands({
      ...plain,
      catalogPath: `/it's "mine"/$HOME/c.db`,
      metadataLocation: `file:///it's/1.metadata.json`,
      table: "sales.or`de'rs 2",
    });
    expect(lines.pyiceberg).toContain(`uri="sqlite:////it's \\"mine\\"/$HOME/c.db"`);
    expect(lines.pyiceberg).toContain(`load_table("sales.or\`de'rs 2")`);
    expect(lines.duckdb).toBe("SELECT * FROM iceberg_scan('/it''s/1.metadata.json');");
    expect(lines.spark).toContain(`--conf 'spark.sql.catalog.calve.uri=jdbc:sqlite:/it'\\''s "mine"/$HOME/c.db'`);
    expect(lines.spark).toContain(`-e 'SELECT * FROM calve.sales.\`or\`\`de'\\''rs 2\`'`);
  });

  it('says when the table is absent', async () => {
    const { sink, stop } = await temporaryLake();
    expect(await icebergReaderCommands(sink, { table: 'sales.orders' })).toBe('absent');
    await stop();
  });
});
