import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildProgram, repository } from './build-programs.ts';
import type { Contestant } from './contestant.ts';

const require = createRequire(import.meta.url);
const versionOf = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;

/** The usual packages of npm. No package of npm appends to a local table of Iceberg, so this one ends with Parquet. */
export async function papaparse(folder: string): Promise<Contestant> {
  const program = await buildProgram('run-papaparse', repository, join(folder, 'papaparse'));
  return {
    name: 'papaparse',
    title: `papaparse ${versionOf('papaparse')} + hyparquet-writer, to Parquet only`,
    writes: 'parquet',
    threadLimit: 'works on one thread',
    command: (job) => [process.execPath, program, job],
    environment: () => ({ NODE_COMPILE_CACHE: join(folder, 'papaparse', 'compiled') }),
    cannot({ task, landing, arriving }) {
      if (landing.text.format !== 'csv') return 'reads CSV only';
      if (task !== 'append' || arriving !== undefined) return 'has no table that it could add to';
      return null;
    },
  };
}
