import { CSV, goodRows, INTEGER, integersThen, OBJECT, objects, type Provocation } from './provocation.ts';

/** What files, spec and table say of columns. */
export const SCHEMA: readonly Provocation[] = [
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
];
