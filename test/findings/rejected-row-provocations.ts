import { CSV, goodRows, INTEGER, OBJECT, objects, type Provocation, withoutQuarantine } from './provocation.ts';

/** What keeps rows, or whole files, out of a table. */
export const REJECTED_ROWS: readonly Provocation[] = [
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
];
