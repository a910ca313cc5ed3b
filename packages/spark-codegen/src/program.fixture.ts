import type {
  Batch,
  ColumnRule,
  ColumnType,
  DelimitedReader,
  Field,
  JsonReader,
  ObjectUnit,
  Program,
  ReaderPlan,
  TextParse,
} from '@calve/core/plugin';

/** How a text column of a program is read; what is left out is as in a spec that says nothing. */
export interface TextColumn {
  type: ColumnType;
  source?: string[];
  formats?: string[];
  nulls?: string[];
  trim?: boolean;
  parse?: TextParse;
  onFailure?: (ColumnRule & { kind: 'text' })['onFailure'];
  required?: boolean;
}

export const string: ColumnType = { kind: 'string' };
export const utc: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
export const local: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'none' };
export const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
export const field = (name: string, type: ColumnType, required = false): Field => ({ name, type, required });

/** CSV as it usually is. */
export const csv: DelimitedReader = {
  kind: 'delimited',
  columns: [],
  delimiter: ',',
  quote: '"',
  escape: '"',
  comment: null,
  unescapedQuotes: 'stop-at-delimiter',
  encoding: 'utf-8',
  multiLine: true,
  header: true,
  skipLines: 0,
  skipFooterLines: 0,
  compression: null,
};

/** JSON Lines with these members, text at every leaf. */
export function jsonLines(fields: Field[]): JsonReader {
  return { kind: 'json', framing: 'lines', recordsAt: [], fields, rescue: null, compression: null };
}

export function textRule(name: string, { type, required = false, ...rule }: TextColumn): ColumnRule & { kind: 'text' } {
  const {
    source = [name],
    formats = [],
    nulls = type.kind === 'string' ? [] : [''],
    trim = false,
    onFailure = 'reject-row',
  } = rule;
  const parse = rule.parse === undefined ? {} : { parse: rule.parse };
  return { target: field(name, type, required), kind: 'text', source, trim, nulls, formats, ...parse, onFailure };
}

/** Where a row came from, as every table has it unless told otherwise. */
const PROVENANCE: ColumnRule[] = [
  { target: field('_source_file', string), kind: 'provenance', value: 'unit-uri' },
  { target: field('_source_version', string), kind: 'provenance', value: 'unit-version' },
  { target: field('_ingested_at', utc), kind: 'provenance', value: 'planned-at' },
];

/** A program that appends what one reader gives to the table `sales.orders`, which does not exist yet. */
export function programOf(plan: ReaderPlan, rules: ColumnRule[], partitionBy?: { column: string; transform: string }): Program {
  const all = [...rules, ...PROVENANCE];
  const fields = all.map(({ target }, index) => ({ ...target, id: index + 1 }));
  const partitioned = fields.find(({ name }) => name === partitionBy?.column);
  const partitioning = partitioned
    ? [{ 'source-id': partitioned.id, 'field-id': 1000, name: `${partitioned.name}_p`, transform: partitionBy?.transform ?? '' }]
    : [];
  const catalog = 'spark.sql.catalog.calve';
  const access = {
    kind: 'spark' as const,
    uri: 'file:///lake/warehouse/sales/orders',
    conf: {
      [catalog]: 'org.apache.iceberg.spark.SparkCatalog',
      [`${catalog}.type`]: 'jdbc',
      [`${catalog}.uri`]: 'jdbc:sqlite:/lake/catalog.db',
    },
    jars: ['org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0'],
    table: ['calve', 'sales', 'orders'],
  };
  return {
    hash: 'the hash of the program',
    tenant: 'default',
    ingestion: 'orders',
    access: { kind: 'spark', uri: 'file:///landing', conf: {}, jars: [] },
    source: { name: 'local', options: { path: '/landing' } },
    readers: [{ id: 'r1', format: plan.kind === 'json' ? 'json' : 'csv', plan }],
    outputs: [
      {
        name: 'main',
        sink: 'lake',
        rows: 'accepted',
        target: { table: 'sales.orders' },
        access,
        fields,
        changes: [
          {
            kind: 'create-table',
            path: [],
            before: null,
            after: { table: 'sales.orders', location: access.uri, formatVersion: 2, fields: [], partitioning, properties: {} },
            reason: { code: 'ICEBERG_TABLE_CREATED', severity: 'info', message: 'it will be created' },
          },
        ],
        projections: { r1: { version: 1, rules: all, unknownFields: 'ignore' } },
        mode: { kind: 'append' },
      },
      {
        name: 'rejected',
        sink: 'lake',
        rows: 'rejected',
        target: { table: 'sales.orders__rejected' },
        access: { kind: 'none', reason: 'nobody asks' },
        fields: [],
        changes: [],
        projections: {},
        mode: { kind: 'append' },
      },
    ],
    limits: { maxRejectedRows: 10_000, maxRejectedRatio: 0.01, maxUnitsPerBatch: 10_000, maxBytesPerBatch: 68_719_476_736 },
  };
}

/** A batch of these files, the first one of its ledger. */
export function batchOf(...uris: string[]): Batch {
  return {
    generation: 'g1',
    sequence: 1,
    commitId: 'c1',
    plannedAt: '2026-03-05T00:00:00.000Z',
    skipped: [],
    units: uris.map((uri) => ({ unit: unitOf(uri), reader: 'r1', because: 'new' })),
    setAside: [],
  };
}

function unitOf(uri: string): ObjectUnit {
  const modifiedAt = '2026-03-04T12:00:00.000Z';
  return { kind: 'object', key: `${uri}#1`, place: uri, fingerprint: 'f', uri, version: '1', sizeBytes: 1_536, modifiedAt };
}
