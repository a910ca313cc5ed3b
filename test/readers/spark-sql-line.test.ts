import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitShellWords } from './shell-words.ts';
import { parseSparkSqlLine } from './spark-sql-line.ts';

describe('splitShellWords', () => {
  it('splits as a real shell does, whatever the words are', () => {
    const quoted = fc
      .tuple(fc.string({ unit: 'binary-ascii', maxLength: 12 }), fc.constantFrom('single', 'double', 'backslash'))
      .map(([text, style]) => quote(text.replaceAll(/[\0\r\n]/g, ''), style));
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 6 }), (words) => {
        const line = words.join(' ');
        const shell = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
        expect(splitShellWords(line)).toEqual(shell.stdout.split('\0').slice(0, -1));
      }),
      { numRuns: 60 },
    );
  });

  it('joins parts without a blank between them, and lines after a backslash', () => {
    expect(splitShellWords(`a'b c'"d\\"e"\\ f \\\n  g`)).toEqual(['ab cd"e f', 'g']);
  });

  it.each(['a $HOME', '"$(date)"', 'a | b', 'select * from t', '`ls`'])('refuses what a shell would expand: %s', (line) => {
    expect(() => splitShellWords(line)).toThrow('meaning of its own');
  });

  it('refuses an open quote', () => {
    expect(() => splitShellWords('a "b')).toThrow('not a complete shell line');
  });
});

describe('parseSparkSqlLine', () => {
  it('gives settings, packages and the statement', () => {
    const line = `spark-sql --packages org:a:1,org:b:2 --conf spark.sql.catalog.calve=x.Y --conf 'spark.k=a=b c' -e "SELECT * FROM calve.s.\\\`t\\\` WHERE n = 'x'"`;
    expect(parseSparkSqlLine(line)).toEqual({
      packages: ['org:a:1', 'org:b:2'],
      conf: { 'spark.sql.catalog.calve': 'x.Y', 'spark.k': 'a=b c' },
      sql: "SELECT * FROM calve.s.`t` WHERE n = 'x'",
    });
  });

  it.each([
    ['duckdb -c "SELECT 1"', 'Expected a spark-sql line'],
    ['spark-sql --conf a=b', 'has no statement'],
    ['spark-sql --master local -e "SELECT 1"', '--master of spark-sql is not known'],
    ['spark-sql -e', 'has no value'],
  ])('refuses %s', (line, reason) => {
    expect(() => parseSparkSqlLine(line)).toThrow(reason);
  });
});

function quote(text: string, style: string): string {
  if (style === 'single') return `'${text.replaceAll("'", "'\\''")}'`;
  if (style === 'double') return `"${text.replaceAll(/[$`"\\]/g, '\\$&')}"`;
  return text === '' ? "''" : text.replaceAll(/[^A-Za-z0-9_]/g, '\\$&');
}
