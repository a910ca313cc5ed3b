import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaryText, dateText, decimalText, float32Text, float64Text, timestampText } from './canonical.ts';
import type { CanonicalTable, CanonicalValue, DuckDbReader, PyIcebergReader, SparkReader } from './readers.ts';
import { startDuckDb, startPyIceberg, startSpark } from './readers.ts';
import { requireTier } from './require-tier.ts';
import { parseSparkSqlLine } from './spark-sql-line.ts';

const columns: [name: string, type: string][] = [
  ['id', 'int64'],
  ['small', 'int32'],
  ['yes', 'boolean'],
  ['single', 'float32'],
  ['double', 'float64'],
  ['amount', 'decimal(12,2)'],
  ['huge', 'decimal(38,10)'],
  ['day', 'date'],
  ['wall', 'timestamp'],
  ['moment', 'timestamp (UTC)'],
  ['words', 'string'],
  ['bytes', 'binary'],
  ['tags', 'list<string>'],
];

const rows: CanonicalValue[][] = [
  [
    '9223372036854775807',
    '-2147483648',
    'true',
    float32Text(0.1),
    float64Text(-0),
    decimalText(-1234567890_05n, 2),
    decimalText(1n, 10),
    dateText(-719_162),
    timestampText(-1n, 'none'),
    timestampText(1_709_209_800_000_001n, 'utc'),
    'a\n"b", ü 🧊',
    binaryText(Uint8Array.of(0, 255, 10)),
    ['', null, 'x'],
  ],
  ['2', ...columns.slice(1).map(() => null)],
  [
    '3',
    '0',
    'false',
    float32Text(Infinity),
    float64Text(Number.NaN),
    '0.00',
    '0.0000000000',
    '9999-12-31',
    null,
    null,
    '',
    '',
    [],
  ],
];

describe.runIf(requireTier('python'))('PyIceberg, PyArrow and DuckDB', () => {
  let folder: string;
  let pyIceberg: PyIcebergReader;
  let duckDb: DuckDbReader;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calve-readers-test-'));
    [pyIceberg, duckDb] = await Promise.all([startPyIceberg(), startDuckDb()]);
    await createTable(pyIceberg, folder);
    await pyIceberg.append(catalog(folder), 'sales.every_type', names(), rows.slice(0, 2));
    await pyIceberg.append(catalog(folder), 'sales.every_type', names(), rows.slice(2), { 'test.note': 'third row' });
  });

  afterAll(async () => {
    await Promise.all([pyIceberg?.stop(), duckDb?.stop()]);
    if (folder) rmSync(folder, { recursive: true });
  });

  it('reads every type with PyIceberg as it was written', async () => {
    const line = `${load(folder)}.scan().to_arrow()`;
    expect(inOrder(await pyIceberg.run(line))).toEqual({ schema: columns, rows });
  });

  it('reads the same with DuckDB', async () => {
    const { metadataLocation } = await pyIceberg.describe(catalog(folder), 'sales.every_type');
    const sql = `INSTALL iceberg; LOAD iceberg; SELECT * FROM iceberg_scan('${metadataLocation.replace('file://', '')}')`;
    expect(inOrder(await duckDb.query(sql))).toEqual({ schema: columns, rows });
  });

  it('describes snapshots, manifests and files', async () => {
    const table = await pyIceberg.describe(catalog(folder), 'sales.every_type');
    expect(table.snapshots).toMatchObject([
      { parent: null, operation: 'append', summary: { 'added-records': '2' } },
      { parent: table.snapshots[0]?.id, summary: { 'test.note': 'third row', 'total-records': '3' } },
    ]);
    expect(table.currentSnapshot).toBe(table.snapshots[1]?.id);
    expect(table.manifests.map((manifest) => manifest.addedRows).sort()).toEqual([1, 2]);
    expect(table.files).toHaveProperty('rows.length', 2);
  });

  it('hands on what a service raises, and goes on', async () => {
    await expect(pyIceberg.run('1 / 0')).rejects.toThrow('ZeroDivisionError');
    await expect(duckDb.query('SELECT * FROM nowhere')).rejects.toThrow('CatalogException');
    expect((await duckDb.query('SELECT 7::BIGINT AS n')).rows).toEqual([['7']]);
  });

  it('tells what a service said when it dies', async () => {
    await using mortal = await startPyIceberg();
    const death = mortal.run(`import os, sys; print("farewell", file=sys.stderr); os._exit(3)`);
    await expect(death).rejects.toThrow(/ended with 3[\s\S]*farewell/);
    await expect(mortal.run('1')).rejects.toThrow('ended with 3');
  });

  it('passes on answers that are too long for a line', async () => {
    const { rows: many } = await duckDb.query(`SELECT i, i::VARCHAR AS text FROM range(48000) AS r(i) ORDER BY i`);
    expect(many).toHaveLength(48_000);
    expect(many.at(-1)).toEqual(['47999', '47999']);
  });

  it('reads CSV as the text that is written there', async () => {
    const file = join(folder, 'cells.csv.gz');
    const text = '\ufeffid,name,name\r\n007,"a\r\nb",NULL\r\n1.50,"",\r\ntoo,few\r\n\r\n"x""y", z ,é\r\n';
    writeFileSync(file, Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]));
    expect(await pyIceberg.readCsvAsText(file)).toEqual({
      names: ['id', 'name', 'name'],
      columns: [
        ['007', '1.50', 'x"y'],
        ['a\r\nb', '', ' z '],
        ['NULL', null, 'é'],
      ],
      ragged: [{ number: 4, expected: 3, actual: 2, text: 'too,few' }],
    });
    const bare = await pyIceberg.readCsvAsText(file, { header: false });
    expect(bare.columns[0]).toEqual(['id', '007', '1.50', 'x"y']);
  });

  describe.runIf(requireTier('java'))('Spark', () => {
    let spark: SparkReader;

    beforeAll(async () => {
      spark = await startSpark(parseSparkSqlLine(sparkLine(folder)).conf);
    });

    afterAll(async () => {
      await spark?.stop();
    });

    it('reads the same, with the settings of a printed line', async () => {
      expect(inOrder(await spark.query(parseSparkSqlLine(sparkLine(folder)).sql))).toEqual({ schema: columns, rows });
    });

    it('sees what another writer appended since, and appends itself', async () => {
      const sql = parseSparkSqlLine(sparkLine(folder)).sql;
      await pyIceberg.append(catalog(folder), 'sales.every_type', ['id', 'words'], [['4', 'late']]);
      expect((await spark.query(sql)).rows).toHaveLength(4);
      await spark.execute(
        `INSERT INTO calve.sales.every_type SELECT 5, ${names().slice(1).join(', ')} FROM calve.sales.every_type WHERE id = 4`,
      );
      const ids = await pyIceberg.run(`${load(folder)}.scan(selected_fields=("id",)).to_arrow()`);
      expect(ids.rows.map(([id]) => id).sort()).toEqual(['2', '3', '4', '5', '9223372036854775807']);
    });

    it('takes further catalogs, and refuses to change one that is there', async () => {
      const conf = parseSparkSqlLine(sparkLine(folder)).conf;
      const renamed = Object.entries(conf).map(
        ([key, value]) => [key.replace('.catalog.calve', '.catalog.other'), value] as const,
      );
      await spark.configure(
        Object.fromEntries(renamed.map(([key, value]) => [key, key.endsWith('.other.uri') ? `${value}2` : value])),
      );
      expect((await spark.query('SHOW NAMESPACES IN other')).rows).toEqual([]);
      await expect(spark.configure({ 'spark.sql.catalog.calve.warehouse': 'file:///elsewhere' })).rejects.toThrow(
        'start another Spark',
      );
    });
  });
});

function names(): string[] {
  return columns.map(([name]) => name);
}

function catalog(folder: string): { uri: string; warehouse: string } {
  return { uri: `sqlite:///${folder}/catalog.db`, warehouse: `file://${folder}/warehouse` };
}

function load(folder: string): string {
  const { uri, warehouse } = catalog(folder);
  const open = `SqlCatalog("calve", uri="${uri}", warehouse="${warehouse}")`;
  return `from pyiceberg.catalog.sql import SqlCatalog; ${open}.load_table("sales.every_type")`;
}

function sparkLine(folder: string): string {
  const conf = {
    'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    'spark.sql.catalog.calve': 'org.apache.iceberg.spark.SparkCatalog',
    'spark.sql.catalog.calve.type': 'jdbc',
    'spark.sql.catalog.calve.uri': `jdbc:sqlite:${folder}/catalog.db`,
    'spark.sql.catalog.calve.warehouse': `file://${folder}/warehouse`,
    'spark.sql.catalog.calve.jdbc.schema-version': 'V1',
  };
  const words = Object.entries(conf).map(([key, value]) => `--conf ${key}=${value}`);
  return `spark-sql --packages org.xerial:sqlite-jdbc:3.53.0.0 ${words.join(' ')} -e "SELECT * FROM calve.sales.every_type"`;
}

/** Readers are free to give rows in any order. */
function inOrder(table: CanonicalTable): CanonicalTable {
  const place = (row: CanonicalValue[]) => rows.findIndex(([id]) => id === row[0]);
  return { schema: table.schema, rows: table.rows.toSorted((a, b) => place(a) - place(b)) };
}

async function createTable(pyIceberg: PyIcebergReader, folder: string): Promise<void> {
  const { uri, warehouse } = catalog(folder);
  await pyIceberg.execute(`
from pathlib import Path
import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog

Path("${folder}/warehouse").mkdir()
catalog = SqlCatalog("calve", uri="${uri}", warehouse="${warehouse}")
catalog.create_namespace("sales")
catalog.create_table("sales.every_type", pa.schema([
    ("id", pa.int64()), ("small", pa.int32()), ("yes", pa.bool_()), ("single", pa.float32()), ("double", pa.float64()),
    ("amount", pa.decimal128(12, 2)), ("huge", pa.decimal128(38, 10)), ("day", pa.date32()), ("wall", pa.timestamp("us")),
    ("moment", pa.timestamp("us", tz="UTC")), ("words", pa.string()), ("bytes", pa.binary()), ("tags", pa.list_(pa.string())),
]))
`);
}
