import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, indexOfPip, lastWords, prepareUv, TierMissing } from '../../tools/python-environment.ts';
import { run } from '../../tools/run-command.ts';
import type { Contestant, MissingContestant } from './contestant.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');

/**
 * A Python with the packages of `requirements.txt`, in an environment of the bench's own in `cache`; fetched from PyPI when it is not there, about
 * 600 MB on disk.
 *
 * @throws {TierMissing} with the reason, when this machine has no Python or the packages cannot be fetched.
 */
export function preparePython(cache: string): string {
  const venv = join(cache, 'venv');
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, '.calve-requirements');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && run(python, ['--version']).ok) return python;
  const system = findPython();
  const uv = prepareUv(join(cache, '..'), system);
  const index = indexOfPip(system);
  process.stderr.write('Fetching PyIceberg, PyArrow, polars and DuckDB from PyPI (about 600 MB on disk) ...\n');
  const made = run(uv, ['venv', '--quiet', '--allow-existing', '--python', system, venv]);
  if (!made.ok) throw new TierMissing(`a Python environment could not be made in ${venv}: ${lastWords(made.stderr)}`);
  // Compiled now: a program that compiles all of its imports whenever it starts would be measured a second slower than it is.
  const words = ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, '--requirement', requirements];
  const installed = run(uv, words, index);
  if (!installed.ok) throw new TierMissing(`the Python packages could not be fetched: ${lastWords(installed.stderr)}`);
  writeFileSync(stamp, wanted);
  return python;
}

interface Program {
  readonly title: string;
  /** Packages whose versions the title ends with; all have to be importable. */
  readonly packages: readonly string[];
  readonly threadLimit: string;
}

const programs: Readonly<Record<'pyiceberg' | 'polars' | 'duckdb', Program>> = {
  pyiceberg: {
    title: 'PyIceberg + PyArrow',
    packages: ['pyiceberg', 'pyarrow'],
    threadLimit: 'set_cpu_count, set_io_thread_count, use_threads, PYICEBERG_MAX_WORKERS',
  },
  polars: {
    title: 'polars, sink_iceberg',
    packages: ['polars', 'pyiceberg'],
    threadLimit: 'POLARS_MAX_THREADS, PYICEBERG_MAX_WORKERS',
  },
  duckdb: {
    title: 'DuckDB COPY + PyIceberg add_files',
    packages: ['duckdb', 'pyiceberg'],
    threadLimit: 'threads of the connection, PYICEBERG_MAX_WORKERS',
  },
};

/** A rival, or why its packages cannot be imported. */
export function pythonRival(name: keyof typeof programs, python: string): Contestant | MissingContestant {
  const { title, packages, threadLimit } = programs[name];
  const code = `import ${packages.join(', ')}; print(${packages.map((each) => `${each}.__version__`).join(', ')})`;
  const imported = run(python, ['-c', code]);
  if (!imported.ok) return { name, title, missing: lastWords(imported.stderr) };
  const versions = imported.stdout.trim().split(' ');
  const named = packages.map((each, at) => `${each} ${versions[at]}`).join(', ');
  return {
    name,
    title: `${title} (${named})`,
    writes: 'table',
    threadLimit,
    command: (job) => [python, join(import.meta.dirname, `run_${name}.py`), job],
    environment: (threads) => ({
      POLARS_MAX_THREADS: String(threads),
      PYICEBERG_MAX_WORKERS: String(threads),
      OMP_NUM_THREADS: String(threads),
      // Nothing is written beside the sources of this repository.
      PYTHONDONTWRITEBYTECODE: '1',
    }),
    cannot: () => null,
  };
}
