import type { Batch, ColumnRule, ObjectUnit, Program, UnitRecord } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { printPySpark } from './print-pyspark.ts';
import { batchOf, csv, decimal, field, jsonLines, local, programOf, string, textRule, utc } from './program.fixture.ts';

/** The orders of the quickstart. */
const orders = programOf(
  { ...csv, columns: ['order_id', 'ordered_at', 'amount', 'gift', 'ship_on', 'paid_at', 'note'], compression: 'gzip' },
  [
    textRule('order_id', { type: { kind: 'int64' } }),
    textRule('ordered_at', { type: local }),
    textRule('amount', { type: decimal(18, 2), parse: { exact: true } }),
    textRule('gift', { type: { kind: 'boolean' } }),
    textRule('ship_on', { type: { kind: 'date' } }),
    textRule('paid_at', { type: utc }),
    textRule('note', { type: string }),
    { target: field('coupon', string), kind: 'constant', value: null },
  ],
  { column: 'ordered_at', transform: 'day' },
);

/** What people write by hand: semicolons, Latin letters, a decimal comma, dates as they say them. */
const byHand = programOf(
  {
    ...csv,
    columns: ['Betrag', 'am', 'um', 'bezahlt', 'Größe `x`', 'data'],
    delimiter: ';',
    encoding: 'iso-8859-1',
    comment: '#',
  },
  [
    textRule('Betrag', { type: decimal(12, 2), parse: { decimal: ',', group: '.' }, nulls: ['', '-'], trim: true }),
    textRule('am', { type: { kind: 'date' }, formats: ['dd.MM.yyyy', 'd. MMMM yyyy'], required: true }),
    textRule('um', { type: utc, formats: ["dd/MMM/yyyy 'um' HH:mm[:ss]"], parse: { zone: 'Europe/Berlin' } }),
    textRule('bezahlt', { type: { kind: 'boolean' }, parse: { true: ['Ja'], false: ["ne'in"] }, onFailure: 'null' }),
    textRule('Größe `x`', { type: { kind: 'float64' }, parse: { special: true } }),
    textRule('data', { type: { kind: 'binary' }, parse: { encoding: 'hex' } }),
  ],
);

const nestedText = field('who', { kind: 'struct', fields: [field('name', string), field('zip', string)] });

/** Orders as JSON Lines, with a struct, a list of structs and a map. */
const nested = programOf(
  jsonLines([
    field('id', string),
    nestedText,
    field('items', { kind: 'list', element: field('element', { kind: 'struct', fields: [field('qty', string)] }) }),
    field('prices', { kind: 'map', key: field('key', string, true), value: field('value', string) }),
  ]),
  [
    textRule('id', { type: { kind: 'int64' }, required: true }),
    {
      target: field('who', {
        kind: 'struct',
        fields: [field('name', string), field('zip', { kind: 'int32' }), field('new', string)],
      }),
      kind: 'nested',
      source: ['who'],
      children: [
        textRule('name', { type: string, trim: true }),
        textRule('zip', { type: { kind: 'int32' } }),
        { target: field('new', string), kind: 'constant', value: null },
      ],
      onFailure: 'reject-row',
    },
    {
      target: field('items', {
        kind: 'list',
        element: field('element', { kind: 'struct', fields: [field('qty', { kind: 'int32' })] }),
      }),
      kind: 'nested',
      source: ['items'],
      children: [
        {
          target: field('element', { kind: 'struct', fields: [field('qty', { kind: 'int32' })] }),
          kind: 'nested',
          source: [],
          children: [textRule('qty', { type: { kind: 'int32' }, nulls: ['many'] })],
          onFailure: 'reject-row',
        },
      ],
      onFailure: 'reject-row',
    },
    {
      target: field('prices', { kind: 'map', key: field('key', string, true), value: field('value', decimal(9, 2)) }),
      kind: 'nested',
      source: ['prices'],
      children: [textRule('key', { type: string, required: true }), textRule('value', { type: decimal(9, 2) })],
      onFailure: 'reject-row',
    },
  ],
);

function printed(program: Program, name: string): string {
  const text = printPySpark(program).files.find((file) => file.name === name)?.text;
  if (text === undefined) throw new Error(`${name} was not printed`);
  return text;
}

/** Every reason why a program is refused. */
function reasons(program: Program, ...files: string[]): string[] {
  try {
    printPySpark(program, batchOf(...files));
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    expect([error.code, error.recovery.kind]).toEqual(['SPARK_UNSUPPORTED', 'fix-input']);
    return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
  return [];
}

describe('what is printed', () => {
  it.each([
    ['quickstart', orders],
    ['by-hand', byHand],
    ['nested', nested],
  ])('is reviewed: %s', async (name, program) => {
    await expect(printed(program, 'typed.sql')).toMatchFileSnapshot(`golden/${name}.typed.sql`);
    await expect(printed(program, 'job.py')).toMatchFileSnapshot(`golden/${name}.job.py`);
  });

  it('has a batch file beside the program, with what Spark opens and the evidence that the sink understands', async () => {
    const { files } = printPySpark(orders, batchOf('file:///landing/orders%20%231.csv.gz'));
    expect(files.map(({ name }) => name)).toEqual(['job.py', 'typed.sql', 'batch.json']);
    await expect(files[2]?.text).toMatchFileSnapshot('golden/quickstart.batch.json');
  });

  it('is the same text for the same program, and ends its lines with LF', () => {
    const once = printPySpark(structuredClone(byHand), batchOf('file:///landing/a.csv'));
    expect(printPySpark(byHand, batchOf('file:///landing/a.csv'))).toEqual(once);
    for (const { text } of once.files) expect(text).toMatch(/^[^\r]*\n$/);
  });

  it('names nothing like a column of the table', () => {
    const program = programOf({ ...csv, columns: ['_Errors', 'x1'] }, [
      textRule('_Errors', { type: string }),
      textRule('x1', { type: string }),
    ]);
    expect(printed(program, 'typed.sql')).toContain('END AS `__errors`');
  });
});

describe('what is refused, with every reason at once', () => {
  const output = (change: Partial<Program['outputs'][number]>, program = orders): Program => ({
    ...program,
    outputs: [{ ...program.outputs[0]!, ...change }],
  });
  const rule = (made: ColumnRule): Program => programOf({ ...csv, columns: ['a'] }, [made]);

  it.each<[string, Program, string[]]>([
    ['a preamble', programOf({ ...csv, skipLines: 2 }, []), ['SPARK_READER_UNSUPPORTED Reader r1: 2 lines before the header']],
    [
      'zstd',
      programOf({ ...csv, compression: 'zstd' }, []),
      ['SPARK_READER_UNSUPPORTED Reader r1: Spark 4.0 cannot unpack zstd'],
    ],
    [
      'an encoding',
      programOf({ ...csv, encoding: 'shift_jis' }, []),
      ['SPARK_READER_UNSUPPORTED Reader r1: The encoding is shift_jis'],
    ],
    ['no quotes', programOf({ ...csv, quote: null }, []), ['SPARK_READER_UNSUPPORTED Reader r1: There is no quote']],
    [
      'what came later than the printer',
      programOf({ ...csv, rowsPerFile: 3 } as typeof csv, []),
      ['SPARK_READER_UNSUPPORTED Reader r1: "rowsPerFile" is not printed yet'],
    ],
    [
      'a format of a plugin',
      programOf({ kind: 'opaque', format: 'edifact' }, []),
      ['SPARK_READER_UNSUPPORTED Reader r1: Only a plugin reads the format "edifact"'],
    ],
    [
      'members that differ in case',
      programOf(jsonLines([field('id', string), field('ID', string)]), []),
      ['SPARK_READER_UNSUPPORTED Reader r1: Spark cannot tell the members "id" and "ID" apart'],
    ],
    ['time', rule(textRule('a', { type: { kind: 'time' } })), ['SPARK_RULE_UNSUPPORTED Column "a": Spark cannot write time']],
    [
      'a policy',
      rule(textRule('a', { type: { kind: 'date' }, onFailure: 'fail-run' })),
      ['SPARK_RULE_UNSUPPORTED Column "a": onFailure "fail-run"'],
    ],
    [
      'a pattern with an offset beside a zone',
      rule(textRule('a', { type: utc, formats: ['yyyy-MM-dd HHXXX'], parse: { zone: 'UTC' } })),
      ['SPARK_RULE_UNSUPPORTED Column "a": the pattern "yyyy-MM-dd HHXXX" has an offset'],
    ],
    [
      'the number of a record',
      rule({ target: field('a', { kind: 'int64' }), kind: 'provenance', value: 'record' }),
      ['SPARK_RULE_UNSUPPORTED Column "a": Spark does not number the records'],
    ],
    [
      'a null token that is half a character, and a name that is none',
      programOf({ ...csv, columns: ['a', 'b'] }, [
        textRule('a', { type: string, nulls: ['\ud83d'] }),
        textRule('b\n', { type: string, source: ['b'] }),
      ]),
      ['SPARK_TEXT_UNSUPPORTED Output "main": "b\\n" holds a control character'],
    ],
    [
      'merging',
      output({ mode: { kind: 'merge', keys: ['order_id'], newest: [] } }),
      ['SPARK_OUTPUT_UNSUPPORTED Output "main": the mode "merge"'],
    ],
    [
      'a table that Spark does not reach',
      output({ access: { kind: 'none', reason: 'it is in memory' } }),
      ['SPARK_OUTPUT_UNSUPPORTED Output "main": Spark cannot reach the table: it is in memory'],
    ],
    [
      'a change of a table',
      output({ changes: [{ ...orders.outputs[0]!.changes[0]!, kind: 'add-column' }] }),
      ['SPARK_OUTPUT_UNSUPPORTED Output "main": changing a table'],
    ],
    [
      'a secret',
      { ...orders, access: { kind: 'spark', uri: 'file:///landing', conf: { 'spark.hadoop.key': { secret: 'key' } }, jars: [] } },
      ['SPARK_OUTPUT_UNSUPPORTED The setting spark.hadoop.key is a secret'],
    ],
  ])('%s', (_, program, expected) => {
    expect(reasons(program).map((reason, index) => reason.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it('rejected rows that go again, and files that replace what was loaded: Spark would load the whole file a second time', () => {
    const batch = batchOf('file:///landing/a.csv');
    const [first] = batch.units;
    const unit = first?.unit as ObjectUnit;
    const replay = { of: unit, sequence: 1, rows: 1 };
    const again: Batch = { ...batch, units: [{ ...first!, unit: { ...unit, replay } }] };
    expect(() => printPySpark(byHand, again)).toThrow(expect.objectContaining({ message: expect.stringContaining('go again') }));
    const record: UnitRecord = { unit, state: 'ingested', sequence: 1, counts: null, attempts: 1 };
    const replacing: Batch = { ...batch, units: [{ ...first!, replaces: [record] }] };
    expect(() => printPySpark(byHand, replacing)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('replaces rows') }),
    );
  });

  it('files that Spark would skip or misread', () => {
    const found = reasons(orders, 'file:///landing/a.csv', 'file:///landing/_b.csv.gz', 'file:///landing/c.csv.gz');
    expect(found).toEqual([
      expect.stringMatching(
        /^SPARK_FILE_UNSUPPORTED file:\/\/\/landing\/a\.csv: it is compressed, .* ends with "\.gz"; rename it\.$/,
      ),
      expect.stringMatching(/^SPARK_FILE_UNSUPPORTED file:\/\/\/landing\/_b\.csv\.gz: Spark leaves out/),
    ]);
    expect(reasons(byHand, 'file:///landing/a.csv.bz2')).toEqual([
      expect.stringContaining('Spark would unpack it because of its name'),
    ]);
  });
});
