// Fetches what reads our tables back in the tests (PyIceberg, DuckDB, Spark) into the cache folder and writes `readers.json` there,
// which says what is ready and, for what is not, why. Run by `./dev test` and `./dev readers`; done again only after a change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadersStatus } from '../test/readers/readers-status.ts';
import { cacheFolder, requirementsFile, statusFile } from '../test/readers/readers-status.ts';
import { findPython, indexOfPip, lastWords, prepareUv, TierMissing } from './python-environment.ts';
import { run } from './run-command.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
const jars = ['org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0', 'org.xerial:sqlite-jdbc:3.53.0.0'];

/** Spark 4.0 runs on Java 17 and 21; from 24 on, Hadoop's login calls a method that Java removed. */
const oldestJava = 17;
const newestJava = 23;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function preparePython(cache: string): string {
  const venv = join(cache, 'venv');
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, '.calve-requirements');
  const wanted = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
  const works = run(python, ['--version']).ok;
  if (works && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;

  const system = findPython();
  const uv = prepareUv(cache, system);
  const environment = indexOfPip(system);
  if (!works) {
    rmSync(venv, { recursive: true, force: true });
    const made = run(uv, ['venv', '--quiet', '--python', system, venv], environment);
    if (!made.ok) throw new TierMissing(`a Python environment could not be made in ${venv}: ${lastWords(made.stderr)}`);
  }
  say('Fetching PyIceberg, DuckDB, PySpark, pandas, polars and csvkit from PyPI (about 1.3 GB on disk) ...');
  const installed = run(uv, ['pip', 'install', '--quiet', '--python', python, '--requirement', requirementsFile], environment);
  if (!installed.ok) throw new TierMissing(`the Python packages could not be fetched: ${lastWords(installed.stderr)}`);
  writeFileSync(stamp, wanted);
  return python;
}

function findJava(): string {
  const home = process.env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  const result = run(java, ['-version']);
  const version = /version "(\d+)/.exec(result.stderr)?.[1];
  if (!result.ok || version === undefined) throw new TierMissing('there is no java on this machine; install Java 17 or 21');
  if (Number(version) < oldestJava || Number(version) > newestJava) {
    throw new TierMissing(`Java ${version} does not run Spark 4.0; install Java 17 or 21, or point JAVA_HOME to it`);
  }
  return java;
}

function prepareJars(cache: string): string[] {
  const folder = join(cache, 'spark-jars');
  mkdirSync(folder, { recursive: true });
  return jars.map((coordinates) => {
    const [, artifact, version] = coordinates.split(':');
    const file = join(folder, `${artifact}-${version}.jar`);
    if (existsSync(file)) return file;
    say(`Fetching ${artifact} ${version} from Maven ...`);
    // Into a folder of its own first, so that a copy that was broken off is never taken for the jar.
    const result = run('mvn', ['-q', '-B', copyGoal, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}/part`]);
    if (result.missing)
      throw new TierMissing('there is no mvn on this machine; install Maven, which fetches the jars of Iceberg for Spark');
    if (!result.ok) throw new TierMissing(`Maven could not fetch ${coordinates}: ${lastWords(result.stdout + result.stderr)}`);
    renameSync(join(folder, 'part', `${artifact}-${version}.jar`), file);
    rmSync(join(folder, 'part'), { recursive: true, force: true });
    return file;
  });
}

/** The value, or the reason why this tier is left out. Any other failure is a defect of this script and ends it. */
function attempt<T>(prepare: () => T): { value: T; reason: null } | { value: null; reason: string } {
  try {
    return { value: prepare(), reason: null };
  } catch (error) {
    if (error instanceof TierMissing) return { value: null, reason: error.message };
    throw error;
  }
}

const cache = cacheFolder();
mkdirSync(cache, { recursive: true });
const python = attempt(() => preparePython(cache));
const java = attempt(() => {
  if (python.value === null) throw new TierMissing('Spark is driven from Python, which is left out');
  return { path: findJava(), jars: prepareJars(cache) };
});
const status: ReadersStatus = {
  python: { path: python.value, reason: python.reason },
  java: { path: java.value?.path ?? null, reason: java.reason, jars: java.value?.jars ?? [] },
};
writeFileSync(statusFile(), `${JSON.stringify(status, null, 2)}\n`);
if (python.reason) say(`Left out: the tests that read with PyIceberg and DuckDB, because ${python.reason}.`);
if (java.reason) say(`Left out: the tests that read with Spark, because ${java.reason}.`);
