import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeOrders } from '../../examples/01-csv-to-iceberg-local/make-orders.ts';
import { hostileText } from '../../packages/spark-codegen/src/hostile-text.fixture.ts';
import { pythonLiteral, pythonSql } from '../../packages/spark-codegen/src/python/literal.ts';
import { SESSION_CONF } from '../../packages/spark-codegen/src/session-conf.ts';
import { sqlString } from '../../packages/spark-codegen/src/sql/literal.ts';
import { type PyIcebergReader, type SparkReader, startPyIceberg, startSpark } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { castQuery, strictCasts, texts } from './strict-casts.ts';
import { type Job, type Loaded, TwoEngines } from './two-engines.ts';

/** Defaults of a host that change rows unless a program sets its own. */
const HOSTILE = {
  'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
  'spark.sql.ansi.enabled': 'false',
  'spark.sql.caseSensitive': 'true',
  'spark.sql.session.timeZone': 'Asia/Kolkata',
  'spark.sql.legacy.timeParserPolicy': 'EXCEPTION',
  'spark.sql.csv.parser.columnPruning.enabled': 'true',
  'spark.sql.parser.escapedStringLiterals': 'true',
};

/** Casts of one SELECT: so many that Spark still compiles it. */
const CASTS_AT_ONCE = 12;

describe.runIf(requireTier('python') && requireTier('java'))('a printed program on Spark 4.0', () => {
  let spark: SparkReader;
  let pyIceberg: PyIcebergReader;
  let engines: TwoEngines;

  beforeAll(async () => {
    [spark, pyIceberg] = await Promise.all([startSpark(HOSTILE), startPyIceberg()]);
  });
  afterAll(() => Promise.all([spark?.stop(), pyIceberg?.stop()]));
  beforeEach(async () => {
    engines = await TwoEngines.start(spark, pyIceberg);
  });
  afterEach(() => engines[Symbol.asyncDispose]());

  /** Loads with both engines and compares all there is to compare. */
  async function expectEqual(job: Job): Promise<Loaded> {
    const own = await engines.inProcess(job);
    const others = await engines.bySpark(job);
    expect(others.table.schema).toEqual(own.table.schema);
    expect(others.layout).toEqual(own.layout);
    const different = others.table.rows.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(own.table.rows[index]));
    expect(different < 0 ? null : [others.table.rows[different], own.table.rows[different]]).toBeNull();
    expect(others.table.rows).toHaveLength(own.table.rows.length);
    expect([others.rejected, others.codes]).toEqual([own.rejected, own.codes]);
    return own;
  }

  it('loads the orders of the quickstart as the in-process engine does', async () => {
    await makeOrders(engines.at('landing'), engines.at('expected'));
    await rm(engines.at('landing', 'readme.txt'));
    const { table, rejected } = await expectEqual({ partitionBy: [{ transform: 'day', column: 'ordered_at' }] });
    expect([table.rows.length, rejected]).toEqual([47_997, 3]);
  });

  it('reads awkward CSV alike: quotes, line ends, blanks, ragged and bad rows, odd names', async () => {
    const rows = [
      'id,name,amount,day,at,`odd` "$\u007bx}" name,Flag',
      '1,"x ""y""",1.50,2024-01-02,2024-01-02T03:04:05,"$(id) $\u007buser.name}",true',
      '2,"two\nlines, one cell",2.25,2024-02-30,2024-01-02T03:04:05Z,,TRUE',
      '3,,bad,2024-01-03,,,false',
      '4,too few',
      '5,"",1.00,2024-01-03,2024-01-02 03:04:05+02:00,"back\\slash \'quoted\'",no',
      '  ',
      '6,"a" b,1.005,0000-01-01,2024-01-02T03:04:05.123456789,\ta ,False',
      '7, "x" ,-0.001,1582-10-10,1969-12-31T23:59:59.999999999-18:00,\u{1f600}e\u0301,',
      '',
      '8,N/A,NULL,9999-12-31,9999-12-31T23:59:59-18:00,NULL,NULL',
      `9,long,${'1'.repeat(1_001)},,,,`,
      '10,too,many,2024-01-01,,,,,',
      '11,\u0000nul\u0001,1e2,,,\u0000,',
    ];
    await engines.write('a.csv', `${rows.join('\n')}\n`);
    await engines.write('with crlf & [odd] %name#é.csv', `${rows.join('\n').replaceAll('\n', '\r\n')}\r\n`);
    await engines.write('sub=1/b.csv.gz', gzipSync(rows.slice(0, 2).join('\n')));
    // Other columns in another order: a reader of its own.
    await engines.write('c.csv', 'Flag,id,at\ntrue,12,2024-01-02T03:04:05\nmaybe,13,\n');
    const { rejected, table } = await expectEqual({
      csv: { header: true, nulls: ['NULL', 'N/A'] },
      columns: {
        amount: { type: { kind: 'decimal', precision: 12, scale: 2 } },
        day: { type: { kind: 'date' } },
        at: { type: { kind: 'timestamp', unit: 'micros', zone: 'utc' } },
        Flag: { type: { kind: 'boolean' } },
      },
    });
    expect(rejected).toBeGreaterThan(10);
    expect(table.rows.length).toBeGreaterThan(10);
  });

  it('types text alike: patterns, decimal comma, zones, words, epochs, bytes, and the policy "null"', async () => {
    const rows = [
      'betrag;tag;um;ja;epoche;daten;ganz;kommentar',
      '1.234,50;31.12.2024;"05.01.2021 10:11";J;1700000000;AQID;1.234;  x  ',
      '-,5;1.2.2024;"07.11.2021 01:30";n;-1;AQ==;12;-',
      '12.34,5;30.02.2024;"14.03.2021 02:30";nein;9223372036855;AQ;1.23;?',
      '1234,5678;;;;;;1.234.567; ',
    ];
    await engines.write('a.csv', `${rows.join('\n')}\n`);
    const { codes } = await expectEqual({
      csv: { header: true, delimiter: ';' },
      columns: {
        betrag: { type: { kind: 'decimal', precision: 12, scale: 2 }, parse: { decimal: ',', group: '.' } },
        tag: { type: { kind: 'date' }, formats: ['dd.MM.yyyy', 'd.M.yyyy'] },
        um: {
          type: { kind: 'timestamp', unit: 'micros', zone: 'utc' },
          formats: ['dd.MM.yyyy HH:mm'],
          parse: { zone: 'America/New_York' },
        },
        ja: { type: { kind: 'boolean' }, parse: { true: ['j', 'ja'], false: ['n'] } },
        epoche: { type: { kind: 'timestamp', unit: 'micros', zone: 'utc' }, parse: { unit: 's' } },
        daten: { type: { kind: 'binary' }, parse: { encoding: 'base64' } },
        ganz: { type: { kind: 'int64' }, parse: { group: '.' }, onFailure: 'null' },
        kommentar: { type: { kind: 'string' }, trim: true, nulls: ['-', ''] },
      },
    });
    expect(Object.keys(codes).sort()).toEqual(['betrag:decimal', 'daten:binary', 'epoche:timestamp', 'ja:boolean', 'tag:date']);
  });

  it('reads numbers with separators alike, whatever their type', async () => {
    const written = [
      '1.234,50',
      '1234,5',
      ',5',
      '5,',
      '-1.234.567,25',
      '1.23',
      '12.34,5',
      '1234.567',
      '1e3',
      '1,5e-2',
      '+7',
      ',',
      '',
      'n.v.',
      '-9999',
      '-9.999',
      'NaN',
      '1.234',
    ];
    const rows = written.map((text, row) => `${row};${Array.from({ length: 5 }, () => text).join(';')}`);
    await engines.write('a.csv', `nr;double;float;decimal;long;int\n${rows.join('\n')}\n`);
    const parse = { decimal: ',', group: '.' };
    const { codes, table } = await expectEqual({
      csv: { header: true, delimiter: ';' },
      columns: {
        double: {
          type: { kind: 'float64' },
          parse: { ...parse, special: { 'n.v.': 'NaN', '-9999': 'NaN', '1234.5': 'Infinity' } },
          onFailure: 'null',
        },
        float: { type: { kind: 'float32' }, parse, onFailure: 'null' },
        decimal: { type: { kind: 'decimal', precision: 12, scale: 2 }, parse, onFailure: 'null' },
        long: { type: { kind: 'int64' }, parse: { group: '.' }, onFailure: 'null' },
        int: { type: { kind: 'int32' }, parse: { group: '.' }, onFailure: 'null' },
      },
    });
    expect([table.rows.length, codes]).toEqual([written.length, {}]);
    expect(JSON.stringify(table.rows)).toContain('-1234567.25');
  });

  it.each(['iso-8859-1', 'utf-16le'] as const)('reads %s alike', async (encoding) => {
    const text = 'größe;ort\r\n"1";"Köln\r\nam Rhein"\r\n2;\u0080ÿ\u0085"x"\r\n3\r\n';
    const bytes = encoding === 'utf-16le' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text, 'latin1');
    await engines.write('a.csv', bytes);
    const { table, codes } = await expectEqual({ csv: { header: true, delimiter: ';', encoding } });
    expect(table.schema.slice(0, 2)).toEqual([
      ['größe', 'int64'],
      ['ort', 'string'],
    ]);
    expect([table.rows.length, codes]).toEqual([2, { 'row:token-count': 1 }]);
  });

  it('reads JSON Lines alike: nested structs and lists, exact numbers, bad leaves and bad records', async () => {
    const line = (value: unknown): string => JSON.stringify(value);
    const records = [
      line({
        id: 1,
        who: { name: 'Ana', zip: '01234', at: '2024-01-02T03:04:05Z' },
        tags: ['a', 'b'],
        items: [{ sku: 'x', qty: 2 }],
      }),
      '{"id": "2", "who": null, "tags": null, "items": null, "price": 12345678901234567890.12}',
      '{"id":3,"who":{"name":"\\ud83d\\ude00 \\u0041\\n","zip":5,"at":"soon"},"tags":[],"items":[{"sku":"y","qty":"many"},{"sku":null}],"price":1.10}',
      '{"id":9007199254740993,"who":{},"tags":["c",null,3,true,{"k": [1, 2]}],"items":[null],"price":"0.50","extra":{"a":1}} ignored',
      '',
      '{"id":5.5}',
      '{"id":6,',
      '[1,2]',
      '"text"',
      '{"id":7,"who":"nobody"}',
      '{"id":8,"items":[5]}',
      '\ufeff{"id":10,"id":12,"who":{"name":"twice","name":"last"}}',
      "{'id':13}",
      '{"id":14,"scores":{"a":"1","b":"x"}}',
      '{"id":15,"scores":{"a":1,"b":2.50}}',
      '{"id":16,"scores":{"a":1,"a":2}}',
      '{"id":17,"days":["2024-01-02","2024-02-30"]}',
      '{"id":18,"days":["2024-01-02",null]}',
    ];
    await engines.write('a.jsonl', `${records.join('\n')}\n`);
    await engines.write('b.jsonl.gz', gzipSync(records.slice(0, 4).join('\r\n')));
    const text = { kind: 'string' } as const;
    const optional = <T>(name: string, type: T) => ({ name, type, required: false });
    const { codes, table } = await expectEqual({
      json: {},
      columns: {
        id: { type: { kind: 'int64' } },
        price: { type: { kind: 'decimal', precision: 38, scale: 2 } },
        who: {
          type: {
            kind: 'struct',
            fields: [
              optional('name', text),
              optional('zip', text),
              optional('at', { kind: 'timestamp', unit: 'micros', zone: 'utc' } as const),
            ],
          },
        },
        tags: { type: { kind: 'list', element: optional('element', text) } },
        items: {
          type: {
            kind: 'list',
            element: optional('element', {
              kind: 'struct',
              fields: [optional('sku', text), optional('qty', { kind: 'int32' } as const)],
            } as const),
          },
        },
        scores: {
          type: {
            kind: 'map',
            key: { name: 'key', type: text, required: true },
            value: optional('value', { kind: 'decimal', precision: 9, scale: 2 } as const),
          },
        },
        days: { type: { kind: 'list', element: optional('element', { kind: 'date' } as const) } },
      },
    });
    expect(table.rows.length).toBeGreaterThan(8);
    expect(codes).toMatchObject({
      'row:json': 2,
      'row:structure': 2,
      'row:not-an-object': 2,
      'who.at:timestamp': 2,
      'scores.value:decimal': 1,
      'scores:duplicate-key': 1,
    });
  });

  it('commits once, and both engines take its evidence for theirs', async () => {
    await engines.write('a.csv', 'id\n1\n2\n');
    const plan = await engines.plan('spark-lake', {});
    await engines.print(plan, 'job');

    // It dies after it has staged: nobody sees a row, and the next run publishes what is there.
    const dying = { from: 'snapshot = publish(spark, batch)', to: 'raise RuntimeError("killed")' };
    await expect(engines.runJob('job', dying)).rejects.toThrow('killed');
    expect((await engines.read('spark-lake')).table.rows).toEqual([]);
    const first = await engines.runJob('job');
    expect(first).toMatchObject({ code: 0, result: { outcome: 'committed', written: 2, rejected: 0 } });
    expect(await engines.runJob('job')).toMatchObject({ code: 0, result: { outcome: 'already-committed' } });
    expect((await engines.read('spark-lake')).table.rows).toHaveLength(2);

    // The other engine has no ledger yet: it sees that the table is ahead, adopts what is there, and goes on.
    await using calve = engines.calve('spark-lake');
    const spec = engines.spec('spark-lake', {});
    await expect(calve.run(spec)).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(await calve.adopt(spec)).toMatchObject({ outcome: 'adopted', committed: { main: 1 }, known: 1 });
    expect(await calve.run(spec)).toMatchObject({ outcome: 'nothing-new' });

    await engines.write('b.csv', 'id\n3\n');
    await engines.print(await engines.plan('spark-lake', {}), 'second');
    // Somebody else commits between staging and publishing.
    await expect(engines.runJob('second', dying)).rejects.toThrow('killed');
    await pyIceberg.append(
      {
        uri: `sqlite:///${engines.at('spark-lake/catalog.db')}`,
        warehouse: pathToFileURL(engines.at('spark-lake/warehouse')).href,
      },
      'sales.orders',
      ['id'],
      [['9000']],
    );
    // And a run that began before that one had staged stages the same rows once more.
    const blind = { from: 'staged = find_staged(base, batch)\n    #', to: 'staged = None\n    #' };
    expect(await engines.runJob('second', blind)).toMatchObject({
      code: 0,
      result: { outcome: 'committed', read: 1, written: 1 },
    });
    expect(await engines.runJob('second')).toMatchObject({ code: 0, result: { outcome: 'already-committed' } });
    expect((await engines.read('spark-lake')).table.rows.map(([id]) => id).sort()).toEqual(['1', '2', '3', '9000']);
    // What comes before is in the table, with other files: the job of the first batch must not run again.
    expect(await engines.runJob('job')).toMatchObject({ code: 30, result: { outcome: 'stopped', code: 'CHECKPOINT_BEHIND' } });
    await expect(calve.run(spec)).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });

    // Rows that somebody took back by hand do not come again by themselves.
    const rollback = `CALL calve.system.rollback_to_snapshot('sales.orders', ${first.result.snapshot})`;
    const back = { from: 'base = load_table', to: `spark.sql("${rollback}")\n    base = load_table` };
    expect(await engines.runJob('second', back)).toMatchObject({ code: 30, result: { code: 'TABLE_ROLLED_BACK' } });
    expect((await engines.read('spark-lake')).table.rows).toHaveLength(2);
  });

  it('writes nothing when too many rows are bad, a file is another one, or the program is', async () => {
    await engines.write('a.csv', 'id\n1\nx\n');
    const plan = await engines.plan('spark-lake', { columns: { id: { type: { kind: 'int64' } } } });
    await engines.print(plan, 'job');
    const strict = { from: '"maxRejectedRatio": 1', to: '"maxRejectedRatio": 0.01' };
    expect(await engines.runJob('job', strict)).toMatchObject({ code: 10, result: { code: 'REJECTED_LIMIT' } });
    const other = { from: 'PROGRAM_HASH = "', to: 'PROGRAM_HASH = "another ' };
    expect(await engines.runJob('job', other)).toMatchObject({ code: 30, result: { code: 'PROGRAM_MISMATCH' } });
    await engines.write('a.csv', 'id\n1\n22\n');
    expect(await engines.runJob('job')).toMatchObject({ code: 1, result: { code: 'OBJECT_CHANGED' } });
    expect((await engines.read('spark-lake')).table.rows).toEqual([]);
  });

  it('writes texts so that nothing in them is code, through Python and SQL', async () => {
    const hostile = fc.sample(hostileText, { numRuns: 300, seed: 1 });
    const select = pythonSql(`SELECT ${hostile.map((text, index) => `${sqlString(text)} AS c${index}`).join(',\n')}\n`);
    const program = [
      'import json',
      'from pyspark.sql import SparkSession',
      'def main(arguments):',
      `    for name, value in ${pythonLiteral(SESSION_CONF)}.items():`,
      '        SparkSession.getActiveSession().conf.set(name, value)',
      `    row = SparkSession.getActiveSession().sql(${select}).first()`,
      `    print(json.dumps([list(row), ${pythonLiteral(hostile)}]))`,
      '    return 0',
    ];
    await writeFile(engines.at('hostile.py'), program.join('\n'));
    const { output } = await spark.run(engines.at('hostile.py'), []);
    expect(JSON.parse(output)).toEqual([hostile, hostile]);
  });

  it('casts every text of the strict grammar as it was measured', async () => {
    for (const [name, value] of Object.entries(SESSION_CONF)) await spark.execute(`SET ${name}=${value}`);
    const folder = await mkdtemp(join(tmpdir(), 'calve-strict-casts-'));
    try {
      const path = join(folder, 'texts.json');
      await writeFile(path, texts.map((c, n) => `${JSON.stringify({ n, c })}\n`).join(''));
      const wrong: unknown[] = [];
      for (let at = 0; at < strictCasts.length; at += CASTS_AT_ONCE) {
        const casts = strictCasts.slice(at, at + CASTS_AT_ONCE);
        const { rows } = await spark.query(castQuery(casts, `json.\`${path}\``));
        expect(rows).toHaveLength(texts.length);
        for (const [index, [, ...values]] of rows.entries()) {
          const text = texts[index] as string;
          for (const [cast, { name, expected, rule }] of casts.entries()) {
            // What trimming or null tokens make of a text is only known where it is listed.
            if (!expected.has(text) && rule.target.type.kind === 'string') continue;
            const wanted = expected.get(text) ?? null;
            if (values[cast] !== wanted) wrong.push({ name, text, wanted, got: values[cast] });
          }
        }
      }
      expect(wrong).toEqual([]);
      console.log(`strict casts on Spark: ${strictCasts.length} casts of ${texts.length} texts`);
      expect(strictCasts.length).toBeGreaterThan(60);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
