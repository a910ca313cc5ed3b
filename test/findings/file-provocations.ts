import { CSV, goodRows, type Provocation } from './provocation.ts';

/** What is noticed of files as a whole, and of how they are read and written. */
export const FILES: readonly Provocation[] = [
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
