import { splitShellWords } from './shell-words.ts';

/** What a `spark-sql` line says. */
export interface SparkSqlLine {
  conf: Record<string, string>;
  sql: string;
  /** Maven coordinates after `--packages`. The tests take the same jars from the cache. */
  packages: string[];
}

/**
 * Reads a line `spark-sql --packages a,b --conf key=value … -e "SQL"`.
 *
 * @throws {Error} When it is another program, has an option that is not known here, or no statement.
 */
export function parseSparkSqlLine(line: string): SparkSqlLine {
  const [program, ...words] = splitShellWords(line.trim());
  if (program !== 'spark-sql') throw new Error(`Expected a spark-sql line, got "${program}".`);
  const result: SparkSqlLine = { conf: {}, sql: '', packages: [] };
  for (let place = 0; place < words.length; place += 2) {
    const [option, value] = [words[place], words[place + 1]];
    if (value === undefined) throw new Error(`The option ${option} of spark-sql has no value.`);
    if (option === '--packages') result.packages.push(...value.split(','));
    else if (option === '-e') result.sql = value;
    else if (option === '--conf') {
      const equals = value.indexOf('=');
      if (equals < 1) throw new Error(`--conf wants key=value, got "${value}".`);
      result.conf[value.slice(0, equals)] = value.slice(equals + 1);
    } else throw new Error(`The option ${option} of spark-sql is not known here.`);
  }
  if (result.sql === '') throw new Error('The spark-sql line has no statement (-e).');
  return result;
}
