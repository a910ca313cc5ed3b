import { icebergSink, sqliteCatalog, icebergReaderCommands } from './src/index.ts';
import { plannedIntent, commitIntent, tableRows } from '../testkit/src/conformance/sink-examples.ts';
import { testContext, withStagedFiles } from '@calve/testkit';
import { createColumnBatch, FixedBuilder, OffsetsBuilder, BitmapBuilder, fixedFromBits, type Field, type ColumnData } from '@calve/core/plugin';
const folder = '/tmp/ice/types';
const sink = icebergSink({ catalog: sqliteCatalog(folder + '/catalog.db'), warehouse: folder + '/warehouse' });
const context = testContext();
const session = await sink.connect(context);
const fields: Field[] = []; const columns: ColumnData[] = []; const by: any[] = [];
const add = (name: string, type: any, column: ColumnData, transform: any = 'identity') => { fields.push({ name, type, required: false }); columns.push(column); if (transform) by.push(transform === 'bucket' ? { transform, column: name, buckets: 8 } : { transform, column: name }); };
const fixed = (w: number, f: (b: FixedBuilder) => void) => { const b = new FixedBuilder(w); f(b); b.appendNull(); return b.finish(); };
const text = (f: (b: OffsetsBuilder) => void) => { const b = new OffsetsBuilder(); f(b); b.appendNull(); return b.finish(); };
const bits = new BitmapBuilder(), v = new BitmapBuilder(); bits.append(true); bits.append(false); v.append(true); v.append(false);
add('flag', { kind: 'boolean' }, fixedFromBits(bits, v));
add('i', { kind: 'int32' }, fixed(4, (b) => b.appendInt32(-5)));
add('l', { kind: 'int64' }, fixed(8, (b) => b.appendInt64(9007199254740993n)));
add('f', { kind: 'float32' }, fixed(4, (b) => b.appendFloat32(1.5)), process.argv[2] === 'floats' ? 'identity' : null);
add('d', { kind: 'float64' }, fixed(8, (b) => b.appendFloat64(-2.25)), process.argv[2] === 'floats' ? 'identity' : null);
add('dec9', { kind: 'decimal', precision: 9, scale: 2 }, fixed(8, (b) => b.appendInt64(-12345n)));
add('dec30', { kind: 'decimal', precision: 30, scale: 3 }, fixed(16, (b) => b.appendInt128(12345678901234567890123n)), 'bucket');
add('dt', { kind: 'date' }, fixed(4, (b) => b.appendInt32(17486)));
add('ts', { kind: 'timestamp', unit: 'micros', zone: 'none' }, fixed(8, (b) => b.appendInt64(1510871468000001n)), 'day');
add('tz', { kind: 'timestamp', unit: 'micros', zone: 'utc' }, fixed(8, (b) => b.appendInt64(-1n)), 'day');
add('ti', { kind: 'timestamp', unit: 'micros', zone: 'utc' }, fixed(8, (b) => b.appendInt64(-1n)));
add('s', { kind: 'string' }, text((b) => b.appendText('é \u{1F600}/x')));
add('a.b 9é', { kind: 'string' }, text((b) => b.appendText('odd')));
if (process.argv[2] !== 'spark') {
add('tm', { kind: 'time' }, fixed(8, (b) => b.appendInt64(81068000000n)));
add('u', { kind: 'uuid' }, fixed(16, (b) => b.appendBytes(Uint8Array.from({ length: 16 }, (_, i) => i + 240))));
}
add('fx', { kind: 'fixed', bytes: 3 }, fixed(3, (b) => b.appendBytes(Uint8Array.of(1, 2, 3))), process.argv[2] === 'spark' ? null : 'identity');
add('bin', { kind: 'binary' }, text((b) => b.appendBytes(Uint8Array.of(0, 255))), process.argv[2] === 'spark' ? null : 'bucket');
const target: any = { table: 'a.b.types', partitionBy: by };
const state = await session.inspect(target);
for (let n = 1; n <= 2; n++) {
  const intent = plannedIntent(session, await session.inspect(target), target, { fields, sequence: n });
  const w = await session.writer(intent.program, intent, 'main').create(context, { openOutput: (x) => session.openOutput(x) });
  await w.write(createColumnBatch({ fields, columns, rows: 2 }));
  await commitIntent(session, withStagedFiles(intent, 'main', await w.finish()));
}
console.log(JSON.stringify(await tableRows(session, target)));
const c = await icebergReaderCommands(sink, target); if (c !== 'absent') console.log(c.duckdb + '\n' + c.spark);
