import type { IngestionSpec } from '@calve/core';
import type { ProvokedWorld } from './provoked-world.ts';

/** An input that provokes a finding with a fix. */
export interface Provocation {
  /** Of the finding: its code, or `rejected` for rows whose code names a column. */
  code: string;
  title: string;
  /** The finding is there only after a run has met it; otherwise it is there before. */
  isMetByRun?: true;
  /** Makes the world, with what was loaded before, and answers the spec under which the finding is there. */
  provoke(world: ProvokedWorld): Promise<IngestionSpec>;
}

/** `count` good rows with the columns `id` and `amount`. */
function goodRows(count: number, value: (row: number) => string = (row) => `${row}`): string {
  return Array.from({ length: count }, (_, row) => `${row},${value(row)}\n`).join('');
}

const CSV = { input: { format: { name: 'csv', options: {} } } };
const INTEGER = { output: { columns: { amount: { type: { kind: 'int64' } } } } };

const integer = (name: string) => ({ name, type: { kind: 'int64' }, required: false });
const OBJECT = { kind: 'struct', fields: [integer('n'), integer('m')] };

/** Records with an object of two integers, and others. */
function objects(count: number, ...others: string[]): string {
  return [...Array.from({ length: count }, (_, row) => `{"o":{"n":${row},"m":${row}}}`), ...others].join('\n');
}

function withoutQuarantine(spec: IngestionSpec): IngestionSpec {
  return { ...spec, outputs: spec.outputs.slice(0, 1) };
}

/** A table of integers, and a file with other values beside it. */
async function integersThen(world: ProvokedWorld, second: string, members: object = {}): Promise<IngestionSpec> {
  world.files['a.csv'] = `id,amount\n${goodRows(20)}`;
  await world.run(world.spec({ ...CSV, ...members }));
  world.files['b.csv'] = second;
  return world.spec({ ...CSV, ...members });
}

/** Every code that carries a fix, at least once. */
export const CATALOGUE: readonly Provocation[] = [
  {
    code: 'OBJECT_SAME_CONTENT',
    title: 'a copy that waits',
    async provoke(world) {
      const spec = world.spec({ input: { ...CSV.input, onSameContent: 'hold' } });
      world.files['a.csv'] = 'id\n1\n';
      await world.run(spec);
      world.files['b.csv'] = 'id\n1\n';
      return spec;
    },
  },
  {
    code: 'OBJECT_CHANGED_AFTER_LOAD',
    title: 'a file that changed after it was loaded',
    async provoke(world) {
      world.files['a.csv'] = 'id\n1\n';
      await world.run(world.spec(CSV));
      world.files['a.csv'] = 'id\n1\n2\n';
      return world.spec(CSV);
    },
  },
  {
    code: 'WRITE_MODE_MISSING',
    title: 'a merge that the next spec forgot',
    async provoke(world) {
      world.files['a.csv'] = 'id,amount\n1,1\n';
      const output = { columns: { id: { type: { kind: 'int64' } } }, mode: { kind: 'merge', keys: ['id'] } };
      await world.run(world.spec({ ...CSV, output }));
      world.files['b.csv'] = 'id,amount\n1,2\n';
      return world.spec({ ...CSV, output: { columns: output.columns } });
    },
  },
  {
    code: 'FORMAT_AMBIGUOUS',
    title: 'a file that two formats recognise',
    async provoke(world) {
      world.hasTwin = true;
      world.files['a.csv'] = 'id,name\n1,a\n';
      return world.spec();
    },
  },
  {
    code: 'VALUE_REJECTED',
    title: 'a value of a column whose files fail',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(200)}200,x\n`;
      return world.spec({ ...CSV, output: { columns: { amount: { type: { kind: 'int64' }, onFailure: 'fail-unit' } } } });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'a file of too many bad rows, alone',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(5)}6,x\n`;
      return world.spec({ ...CSV, ...INTEGER });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'a file of too many bad rows, beside good ones',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(100)}`;
      world.files['b.csv'] = `id,amount\n${goodRows(5, (row) => `x${row}`)}`;
      return world.spec({ ...CSV, ...INTEGER });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'rows with a cell too many',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(10)}1,2,3\n`;
      return world.spec(CSV);
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'more bad rows than a number of them',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(10)}1,x\n2,y\n`;
      return world.spec({ ...CSV, ...INTEGER, limits: { maxRejectedRatio: 1, maxRejectedRows: 1 } });
    },
  },
  {
    code: 'rejected',
    title: 'rejected rows with words for null',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,n/a\n301,-\n`;
      return world.spec(CSV);
    },
  },
  {
    code: 'rejected',
    title: 'rejected rows of a declared column',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,many\n`;
      return world.spec({ ...CSV, ...INTEGER });
    },
  },
  {
    code: 'rejected',
    title: 'rejected rows with words for null inside of an object',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.jsonl'] = objects(300, '{"o":{"n":"n/a","m":1}}', '{"o":{"n":"-","m":2}}');
      return world.spec();
    },
  },
  {
    code: 'rejected',
    title: 'rejected rows of a declared object',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.jsonl'] = objects(300, '{"o":{"n":"many","m":1}}');
      return world.spec({ output: { columns: { o: { type: OBJECT } } } });
    },
  },
  {
    code: 'rejected',
    title: 'rejected rows with a bad element of a list',
    isMetByRun: true,
    async provoke(world) {
      const rows = Array.from({ length: 300 }, (_, id) => `{"id":${id},"tags":[${id},${id}]}\n`).join('');
      world.files['a.jsonl'] = `${rows}{"id":300,"tags":[1,"x"]}\n`;
      return world.spec();
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'objects with too many bad members, alone',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.jsonl'] = objects(5, '{"o":{"n":"x","m":1}}');
      return world.spec({ output: { columns: { o: { type: OBJECT } } } });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'objects with too many bad members, beside good ones',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.jsonl'] = objects(200);
      world.files['b.jsonl'] = objects(5, ...Array.from({ length: 5 }, (_, row) => `{"o":{"n":"x${row}","m":1}}`));
      return world.spec({ output: { columns: { o: { type: OBJECT } } } });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'a bad row of a merge, in a column that is no key',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(5)}6,x\n`;
      return world.spec({ ...CSV, output: { ...INTEGER.output, mode: { kind: 'merge', keys: ['id'], newest: [] } } });
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'a bad row of a spec that keeps no rejected rows',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,x\n`;
      return withoutQuarantine(world.spec({ ...CSV, ...INTEGER }));
    },
  },
  {
    code: 'REJECTED_LIMIT',
    title: 'a file of bad rows of a spec that keeps none, beside a good one',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(100)}`;
      world.files['b.csv'] = `id,amount\n${goodRows(5, (row) => `x${row}`)}`;
      return withoutQuarantine(world.spec({ ...CSV, ...INTEGER }));
    },
  },
  {
    code: 'VALUE_REJECTED',
    title: 'a value inside of an object whose files fail',
    isMetByRun: true,
    async provoke(world) {
      world.files['a.jsonl'] = objects(200, '{"o":{"n":"x","m":1}}');
      return world.spec({ output: { columns: { o: { type: OBJECT, onFailure: 'fail-unit' } } } });
    },
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value inside of a declared object',
    async provoke(world) {
      world.files['a.jsonl'] = objects(300, '{"o":{"n":"x","m":1}}');
      return world.spec({ output: { columns: { o: { type: OBJECT } } } });
    },
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value inside of an object of the table',
    async provoke(world) {
      world.files['a.jsonl'] = objects(300);
      await world.run(world.spec());
      world.files['b.jsonl'] = objects(300, '{"o":{"n":"x","m":1}}');
      return world.spec();
    },
  },
  {
    code: 'SCHEMA_TYPE_CONFLICT',
    title: 'text in a column of integers',
    provoke: (world) => integersThen(world, `id,amount\n${goodRows(5, (row) => `x${row}`)}`),
  },
  {
    code: 'SCHEMA_TYPE_CONFLICT',
    title: 'a decimal that grows',
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(20, (row) => `${row}.5`)}`;
      await world.run(world.spec(CSV));
      world.files['b.csv'] = 'id,amount\n1,123456789012345678901234.5\n';
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_TYPE_CONFLICT',
    title: 'a value that refutes an inferred type, which holds',
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,x\n`;
      return world.spec({ ...CSV, schema: { onRefuted: 'hold' } });
    },
  },
  {
    code: 'SCHEMA_TYPE_CONFLICT',
    title: 'numbers in a list of a table, and text now',
    async provoke(world) {
      world.files['a.jsonl'] = '{"id":1,"tags":[1,2]}\n{"id":2,"tags":[3]}\n';
      await world.run(world.spec());
      world.files['b.jsonl'] = '{"id":3,"tags":["x"]}\n';
      return world.spec();
    },
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value that refutes an inferred type',
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,x\n`;
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value that does not fit a declared type',
    async provoke(world) {
      world.files['a.csv'] = `id,amount\n${goodRows(300)}300,x\n`;
      return world.spec({ ...CSV, ...INTEGER });
    },
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value that does not fit a column of the table',
    provoke: (world) => integersThen(world, `id,amount\n${goodRows(300)}300,x\n`),
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value that fits neither the spec nor the table',
    provoke: (world) => integersThen(world, `id,amount\n${goodRows(300)}300,x\n`, INTEGER),
  },
  {
    code: 'SCHEMA_VALUES_REFUTED',
    title: 'a value inside of an object',
    async provoke(world) {
      const lines = Array.from({ length: 300 }, (_, row) => `{"id":${row},"to":{"zip":${row}}}\n`);
      world.files['a.jsonl'] = `${lines.join('')}{"id":300,"to":{"zip":"x"}}\n`;
      return world.spec();
    },
  },
  {
    code: 'SCHEMA_FORMAT_UNDECLARED',
    title: 'dates that are not ISO',
    async provoke(world) {
      world.files['a.csv'] = `id,day\n${goodRows(20, (row) => `${String((row % 28) + 1).padStart(2, '0')}.03.2026`)}`;
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_FORMAT_UNDECLARED',
    title: 'dates that are not ISO beside some that are',
    async provoke(world) {
      const day = (row: number): string => String((row % 28) + 1).padStart(2, '0');
      world.files['a.csv'] = `id,day\n${goodRows(60, (row) => (row % 2 ? `${day(row)}.03.2026` : `2026-03-${day(row)}`))}`;
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_MIXED_TYPES',
    title: 'dates beside one text that stands where there is none',
    async provoke(world) {
      world.files['a.csv'] = `id,day\n${goodRows(20, (row) => (row % 4 ? '2026-03-01' : 'unbekannt'))}`;
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_COLUMN_HELD',
    title: 'a new column that holds',
    provoke: (world) => integersThen(world, 'id,amount,note\n1,2,a\n', { schema: { onNewColumn: 'hold' } }),
  },
  {
    code: 'SCHEMA_COLUMN_IGNORED',
    title: 'a new column that is left out',
    provoke: (world) => integersThen(world, 'id,amount,note\n1,2,a\n', { schema: { onNewColumn: 'ignore' } }),
  },
  {
    code: 'SCHEMA_COLUMN_IGNORED',
    title: 'a column whose name is filled from elsewhere',
    async provoke(world) {
      world.files['a.csv'] = 'id,amount\n1,2\n';
      return world.spec({ ...CSV, output: { columns: { amount: { from: ['id'] } } } });
    },
  },
  {
    code: 'SCHEMA_COLUMN_RESCUED',
    title: 'a new column whose values are kept aside',
    provoke: (world) => integersThen(world, 'id,amount,note\n1,2,a\n', { schema: { onNewColumn: 'rescue' } }),
  },
  {
    code: 'SCHEMA_COLUMN_EMPTY',
    title: 'a column without values',
    async provoke(world) {
      world.files['a.csv'] = 'id,note\n1,\n2,\n';
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_COLUMN_UNKNOWN',
    title: 'a column that no file has',
    async provoke(world) {
      world.files['a.csv'] = 'id,amount\n1,2\n';
      return world.spec({ ...CSV, output: { columns: { amuont: { type: { kind: 'int64' } } } } });
    },
  },
  {
    code: 'SCHEMA_RESERVED_NAME',
    title: 'a column with a name that Calve takes',
    async provoke(world) {
      world.files['a.csv'] = 'id,_source_file\n1,x\n';
      return world.spec(CSV);
    },
  },
  {
    code: 'SCHEMA_IMPOSSIBLE',
    title: 'a declared type that the table cannot take',
    async provoke(world) {
      await integersThen(world, 'id,amount\n1,x\n');
      return world.spec({ ...CSV, output: { columns: { amount: { type: { kind: 'string' } } } } });
    },
  },
  {
    code: 'SCHEMA_NAME_CONFLICT',
    title: 'two places that flatten to one name',
    async provoke(world) {
      world.files['a.jsonl'] = '{"a":{"b":1},"a_b":2}\n';
      return world.spec({ output: { flatten: { depth: 1 } } });
    },
  },
  {
    code: 'TEXT_MALFORMED',
    title: 'text in windows-1252',
    async provoke(world) {
      const words = ['Köln', 'Düsseldorf', 'Nürnberg', 'Fürth', 'Görlitz', 'Lübeck', 'Münster', 'Gießen'];
      world.files['a.csv'] = new Uint8Array(
        Buffer.from(`id,city\n${words.map((word, row) => `${row},${word}\n`).join('')}`, 'latin1'),
      );
      return world.spec(CSV);
    },
  },
  {
    code: 'CSV_DIALECT_AMBIGUOUS',
    title: 'two delimiters that split as evenly',
    async provoke(world) {
      world.files['a.csv'] = 'a;b,c\n1;2,3\n4;5,6\n';
      return world.spec(CSV);
    },
  },
  {
    code: 'JSON_FRAMING_AMBIGUOUS',
    title: 'one object on one line, which is a record or has the records',
    async provoke(world) {
      world.files['a.json'] = '{"id":1,"items":[{"sku":"a"},{"sku":"b"}]}\n';
      return world.spec({});
    },
  },
  {
    code: 'CSV_ENCODING',
    title: 'UTF-16 without a byte order mark',
    async provoke(world) {
      world.files['a.csv'] = new Uint8Array(Buffer.from(`id,amount\n${goodRows(30)}`, 'utf16le'));
      return world.spec(CSV);
    },
  },
  {
    code: 'CSV_PREAMBLE',
    title: 'a title above the header',
    async provoke(world) {
      world.files['a.csv'] = `Orders of March\n\nid,amount\n${goodRows(30)}`;
      return world.spec(CSV);
    },
  },
];
