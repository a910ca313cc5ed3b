import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { IngestionSpec } from '@calve/core';
import { argumentError } from '../arguments/argument-error.ts';
import { identifierOf } from '../arguments/identifier-of.ts';
import type { CommandArguments } from '../arguments/invocation.ts';
import { type LakePaths, lakePaths, storedSpecPath } from '../lake-paths.ts';
import { type LocalCalve, openCalve } from '../open-calve.ts';
import { readJsonFile } from '../read-json-file.ts';
import { type FileNames, fileNames } from '../render/file-names.ts';
import { checkLake } from './check-lake.ts';
import type { CommandContext } from './command.ts';
import { specWithValues } from './spec-with-values.ts';
import { readStoredSpec, withOptions } from './stored-spec.ts';

/** What the commands work on that have a spec. */
export interface Ingestion {
  paths: LakePaths;
  calve: LocalCalve;
  lake: ReturnType<typeof openCalve>['lake'];
  spec: IngestionSpec;
  /** `namespace.name` of the table. */
  table: string;
  rejectedTable: string | null;
  names: FileNames;
  hasSpecFile: boolean;
  /** The file that holds the spec, or in which `calve patch` stores it. */
  specPath: string;
}

/**
 * Makes the spec that the arguments describe and opens the SDK for it; nothing is created on the disk. The caller closes `calve`.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID`, `SPEC_INVALID` (fix-input): the arguments, or the spec file, are wrong, or what `--set` makes of them.
 */
export async function openIngestion(given: CommandArguments, context: CommandContext): Promise<Ingestion> {
  const { workingDirectory } = context;
  const paths = lakePaths(given.lake ?? '', given.state, workingDirectory);
  await checkLake(paths, given);
  const stored = given.specFile === undefined ? null : await readJsonFile(given.specFile, 'spec', workingDirectory);
  const landing = given.landing === undefined ? null : await findLanding(given.landing, workingDirectory);
  if (landing) await checkApart(landing, paths, given);
  const { calve, lake } = openCalve(paths, given);
  try {
    const { spec, specPath } =
      landing === null
        ? { spec: specWithValues(calve, stored, given.set), specPath: resolve(workingDirectory, given.specFile ?? '') }
        : await specOfLanding(calve, landing, paths, given, context);
    return {
      ...{ paths, calve, lake, spec, specPath },
      ...tableNames(spec),
      names: fileNames(landing?.folder ?? landingOf(spec, workingDirectory)),
      hasSpecFile: landing === null,
    };
  } catch (error) {
    await calve.close();
    throw error;
  }
}

/** The tables of a spec, as far as its sink options tell. */
export function tableNames(spec: IngestionSpec): { table: string; rejectedTable: string | null } {
  const tableOf = (isRejected: boolean): string | null => {
    const options = spec.outputs.find(({ rows }) => (rows === 'rejected') === isRejected)?.options as
      | { table?: unknown }
      | undefined;
    return typeof options?.table === 'string' ? options.table : null;
  };
  return { table: tableOf(false) ?? spec.id, rejectedTable: tableOf(true) };
}

/** What each output writes into: its table, or, when the options do not tell, its own name. */
export function tableNamesByOutput({ outputs }: IngestionSpec): Record<string, string> {
  return Object.fromEntries(
    outputs.map(({ name, options }) => {
      const { table } = (options ?? {}) as { table?: unknown };
      return [name, typeof table === 'string' ? table : name];
    }),
  );
}

/** The folder that a spec reads; null when its options do not tell. */
export function landingOf(spec: IngestionSpec, workingDirectory: string): string | null {
  const { path } = spec.input.options as { path?: unknown };
  return typeof path === 'string' ? resolve(workingDirectory, path) : null;
}

/** A landing argument, looked at. */
interface Landing {
  /** Absolute path as it was given. */
  path: string;
  /** The folder itself, or the one that the file is in. */
  folder: string;
  isFile: boolean;
}

async function findLanding(given: string, workingDirectory: string): Promise<Landing> {
  const path = resolve(workingDirectory, given);
  const isFile = await isA('file', path);
  return { path, folder: isFile ? dirname(path) : path, isFile };
}

/** What does not exist is left to the source, which knows the nearest names. */
async function isA(kind: 'file' | 'folder', path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return kind === 'file' ? found.isFile() : found.isDirectory();
  } catch {
    // Whoever opens it next says what is wrong with it.
    return false;
  }
}

/** A lake inside of its own landing folder would be taken for new files. */
async function checkApart({ path, isFile }: Landing, { folder }: LakePaths, given: CommandArguments): Promise<void> {
  if (isFile) return;
  if ((await isA('file', join(path, 'catalog.db'))) && (await isA('folder', join(path, 'warehouse')))) {
    throw argumentError(
      `The landing folder ${given.landing} is a lake itself: it holds catalog.db and warehouse.`,
      given.command,
    );
  }
  const contains = folder === path || folder.startsWith(path.endsWith(sep) ? path : `${path}${sep}`);
  if (contains && given.pattern === undefined) {
    throw argumentError(
      `The lake ${given.lake} is inside of the landing folder ${given.landing}, so its own files would be loaded. Put it elsewhere, or say which files are meant: --pattern '*.csv'`,
    );
  }
}

/** The spec that the options describe, or the one that was stored for this landing folder with them on top. */
async function specOfLanding(
  calve: LocalCalve,
  landing: Landing,
  paths: LakePaths,
  given: CommandArguments,
  context: CommandContext,
): Promise<{ spec: IngestionSpec; specPath: string }> {
  const built = buildSpec(calve, landing, given, context);
  const specPath = storedSpecPath(paths, built.id);
  const stored = await readStoredSpec(specPath, context.workingDirectory);
  if (stored === null) return { spec: specWithValues(calve, built, given.set), specPath };
  context.note([`Spec: ${specPath}`]);
  return { spec: specWithValues(calve, withOptions(stored, landing.path, given), given.set), specPath };
}

function buildSpec(calve: LocalCalve, landing: Landing, given: CommandArguments, { note }: CommandContext): IngestionSpec {
  if (landing.isFile && given.pattern !== undefined) {
    throw argumentError(`--pattern chooses among the files of a folder; ${given.landing} is one file.`);
  }
  const { table, id } = namesOf(landing, given, note);
  return calve
    .ingestion(id)
    .from('local', { path: landing.path, ...(given.pattern === undefined ? {} : { pattern: given.pattern }) })
    .detect()
    .columns(given.columns ?? {})
    .into('lake', { table })
    .limits(given.limits?.spec ?? {})
    .build();
}

function namesOf(landing: Landing, given: CommandArguments, note: CommandContext['note']): { table: string; id: string } {
  const folder = basename(landing.folder);
  if (given.table !== undefined && given.id !== undefined) return { table: given.table, id: given.id };
  const name = identifierOf(folder);
  if (name === null) {
    throw argumentError(`The folder name "${folder}" cannot become the name of a table: give --table and --id.`);
  }
  const { table = `default.${name}`, id = name } = given;
  if (name !== folder) {
    const uses = [...(given.table === undefined ? [`table ${table}`] : []), ...(given.id === undefined ? [`id ${id}`] : [])];
    note([
      `The folder name "${folder}" fits neither a table nor an id, so it became ${uses.join(', ')}. --table and --id give others.`,
    ]);
  }
  return { table, id };
}
