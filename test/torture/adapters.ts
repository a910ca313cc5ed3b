import { join } from 'node:path';
import type { TortureAdapter, TortureTable } from '@calve/testkit/torture';
import { compiledCodeVariables } from '../compiled-code.ts';
import { bundledProgram } from '../crash/bundled-program.ts';
import type { SampleWrite } from '../crash/sample-ingestion.ts';
import { leaseLabels, stepLabels } from '../crash/step-labels.ts';
import { cacheFolder, readersStatus } from '../readers/readers-status.ts';

/** Also where no test runs: a start takes half the time. */
const environment = compiledCodeVariables();

/** A Python environment with dlt, which `./dev torture --adapter dlt` makes. */
export const dltEnvironment: string = join(cacheFolder(), 'dlt');

/** The exact versions of dlt and all that it needs. */
export const dltRequirements: string = join(import.meta.dirname, 'dlt-requirements.txt');

/** A table in the SQLite catalog that PyIceberg makes and Calve shares. */
function catalogTable(table: string, column: string): TortureTable {
  return {
    kind: 'catalog',
    properties: { uri: 'sqlite:///{lake}/catalog.db', warehouse: 'file://{lake}/warehouse' },
    table,
    column,
  };
}

/**
 * Every label that a run of Calve passes. Those of operations on a ledger have tests of their own in `test/crash`, and so has the renewal of a lease,
 * which only a long run comes to.
 */
export const calveLabels: readonly string[] = [
  ...stepLabels('core', 'sink-iceberg'),
  ...leaseLabels().filter((label) => label !== 'core.lease.renew'),
];

/** Those of them that only a run passes before which there were others. */
export const laterLabels: readonly string[] = ['iceberg.prepare.merged-manifest'];

/**
 * Calve as its sources are, in one file: catalog and state in SQLite files, rejected rows, columns that appear.
 *
 * @param filesPerCommit Default: all that are new.
 */
export function calveAdapter(filesPerCommit?: number): TortureAdapter {
  const program = bundledProgram('ingest-once.ts');
  const limits = filesPerCommit === undefined ? [] : ['--files-per-commit', String(filesPerCommit)];
  return {
    name: 'calve',
    command: [...program.command, '--folder', '{folder}', '--steps-to', '{steps}', ...limits],
    environment: program.environment,
    stop: { arguments: ['--kill-at', '{step}'], labels: calveLabels },
    tables: [catalogTable('sales.orders', 'id'), catalogTable('sales.orders__rejected', 'raw')],
    input: { broken: true, newColumns: true },
  };
}

/**
 * The same for the other ways of writing: each file is sent a second time with the same records, which have to take the place of those that it had.
 */
export function calveRewriteAdapter(write: Exclude<SampleWrite, 'append'>): TortureAdapter {
  const { command, ...adapter } = calveAdapter();
  return { ...adapter, name: `calve ${write}`, command: [...command, '--write', write], input: { newColumns: true } };
}

/** A list of done files beside the table, written by hand; see `naive-writer.ts`. */
export function naiveAdapter(order: 'commit-first' | 'note-first' = 'commit-first'): TortureAdapter {
  const script = join(import.meta.dirname, 'naive-writer.ts');
  return {
    name: order === 'commit-first' ? 'naive' : 'naive-note-first',
    command: [
      process.execPath,
      '--conditions=calve-source',
      script,
      '--folder',
      '{folder}',
      '--order',
      order,
      '--steps-to',
      '{steps}',
    ],
    environment,
    stop: { arguments: ['--kill-at', '{step}'], labels: ['naive.file', 'naive.committed', 'naive.noted'] },
    tables: [catalogTable('sales.orders', 'id')],
  };
}

/** PyIceberg and a list of done files. Needs the tier `python`. */
export function pyIcebergAdapter(): TortureAdapter {
  const script = join(import.meta.dirname, 'pyiceberg_list_writer.py');
  return {
    name: 'pyiceberg',
    command: [readersStatus().python.path ?? 'python3', script, '--folder', '{folder}', '--steps-to', '{steps}'],
    environment,
    stop: {
      arguments: ['--kill-at', '{step}'],
      labels: ['pyiceberg.file', 'pyiceberg.read', 'pyiceberg.committed', 'pyiceberg.noted'],
    },
    tables: [catalogTable('sales.orders', 'id')],
  };
}

/** dlt: filesystem source with an incremental modification date, filesystem destination with Iceberg tables. Needs `dltEnvironment`. */
export function dltAdapter(): TortureAdapter {
  const script = join(import.meta.dirname, 'dlt_writer.py');
  return {
    name: 'dlt',
    command: [join(dltEnvironment, 'bin', 'python'), script, '--folder', '{folder}', '--steps-to', '{steps}'],
    stop: { arguments: ['--kill-at', '{step}'], labels: ['dlt.run', 'dlt.commit', 'dlt.committed', 'dlt.end'] },
    tables: [{ kind: 'folder', folder: '{lake}/sales/orders', column: 'id' }],
  };
}
