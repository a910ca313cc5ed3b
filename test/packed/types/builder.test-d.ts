// What the compiler has to refuse, each with a line of its own: `@ts-expect-error` fails where there is no error.
import { createCalve, decimal, type IngestionSpec, memorySource, memoryState, timestamp } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const calve = createCalve({
  sources: { local: localSource(), upload: memorySource({}) },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog('./lake/catalog.db'), warehouse: './lake/warehouse' }) },
  state: sqliteState('./lake/calve.db'),
});
const empty = calve.ingestion('orders');
const from = empty.from('local', { path: './landing' });
const read = from.as('csv', { header: true });

export const spec: IngestionSpec = read
  .columns({ amount: decimal(12, 2), at: timestamp() })
  .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'at' }] }, { mode: 'merge', keys: ['id'] })
  .build();

// keys that nobody registered
// @ts-expect-error: no source of that name
empty.from('s3', { path: './landing' });
// @ts-expect-error: no format of that name
from.as('parquet');
// @ts-expect-error: no sink of that name
read.into('ocean', { table: 'sales.orders' });

// options of the one plugin that the key names
// @ts-expect-error: `path` is needed
empty.from('local');
// @ts-expect-error: `folder` is no option
empty.from('local', { path: './landing', folder: 'x' });
// @ts-expect-error: an option of another source
empty.from('upload', { path: './landing' });
// @ts-expect-error: `headers` is no option
from.as('csv', { headers: true });
// @ts-expect-error: `yes` is no value of it
from.as('csv', { header: 'yes' });
// @ts-expect-error: `table` is needed
read.into('lake', {});
// @ts-expect-error: `weekday` is no transform
read.into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'weekday', column: 'at' }] });

// settings of an output
// @ts-expect-error: merging needs keys
read.into('lake', { table: 'sales.orders' }, { mode: 'merge' });
// @ts-expect-error: appending has none
read.into('lake', { table: 'sales.orders' }, { mode: 'append', keys: ['id'] });
// @ts-expect-error: `upsert` is no mode
read.into('lake', { table: 'sales.orders' }, { mode: 'upsert', keys: ['id'] });

// the rest of the builder
// @ts-expect-error: a type is made by a word such as decimal(12, 2)
read.columns({ amount: 'decimal(12,2)' });
// @ts-expect-error: `delete` is no action
read.onChanged('delete');
// @ts-expect-error: `maxRows` is no limit
read.limits({ maxRows: 5 });
// @ts-expect-error: `onColumn` is no policy
read.schema({ onColumn: 'add' });

// build() too early
// @ts-expect-error: no from, as and into
empty.build();
// @ts-expect-error: no as and into
from.build();
// @ts-expect-error: no into
read.build();
// @ts-expect-error: no from
empty.detect().into('lake', { table: 'sales.orders' }).build();

// createCalve
// @ts-expect-error: `state` is needed
createCalve({ sources: {}, formats: {}, sinks: {} });
// @ts-expect-error: `memory` is no option
createCalve({ sources: {}, formats: {}, sinks: {}, state: memoryState(), memory: 5 });
// @ts-expect-error: a format is no source
createCalve({ sources: { local: csvFormat() }, formats: {}, sinks: {}, state: memoryState() });

// calls
// @ts-expect-error: a builder is no spec
void calve.plan(read);
// @ts-expect-error: a spec is no plan
void calve.apply(spec);
// @ts-expect-error: `limit` is no option
void calve.head(spec, { limit: 5 });
