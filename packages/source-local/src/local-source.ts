import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CallContext,
  Diagnostic,
  ExternalAccess,
  ListPage,
  ListRequest,
  ObjectSession,
  ObjectUnit,
  SourcePlugin,
} from '@calve/core/plugin';
import { CalveError, z } from '@calve/core/plugin';
import { fileUri } from './file-uri.ts';
import { listLocalFiles } from './list-local-files.ts';
import {
  type LocalOptions,
  type LocalOptionsInput,
  type LocalSourceOptions,
  localOptionsSchema,
} from './local-source-options.ts';
import { mapFileError } from './map-file-error.ts';
import { openLocalFile } from './open-local-file.ts';
import { type ResolvedLocation, resolveLocation } from './resolve-location.ts';

/**
 * Files on disk.
 *
 * Links are never followed, and what is hidden, a marker or still being written is left out with its reason. A file is identified by its path,
 * size, modification time in nanoseconds, inode and the hash of its first and last 64 KiB. Reads are synchronous.
 *
 * @example
 * createCalve({ sources: { local: localSource({ root: '/srv/landing' }) }, … });
 */
export function localSource(options: LocalSourceOptions = {}): SourcePlugin<LocalOptions, LocalOptionsInput> {
  return {
    contract: 'source/1',
    name: 'local',
    version: '0.1.0',
    options: z.optionsOf(localOptionsSchema),
    connect: async (chosen: LocalOptions, context: CallContext) => {
      const root = typeof options.root === 'function' ? options.root({ tenant: context.tenant }) : options.root;
      return new LocalSession(await resolveLocation(chosen.path, root), chosen, context);
    },
  };
}

class LocalSession implements ObjectSession {
  readonly kind = 'objects';
  readonly #location: ResolvedLocation;
  readonly #options: LocalOptions;
  readonly #context: CallContext;

  constructor(location: ResolvedLocation, options: LocalOptions, context: CallContext) {
    this.#location = location;
    this.#options = options;
    this.#context = context;
  }

  list(request: ListRequest): AsyncIterable<ListPage> {
    return listLocalFiles(this.#location, this.#options, request, this.#context.environment);
  }

  async open(unit: ObjectUnit): ReturnType<ObjectSession['open']> {
    return openLocalFile(unit, this.#location);
  }

  async check(): Promise<Diagnostic[]> {
    const { directory, file } = this.#location;
    const path = file === undefined ? directory : join(directory, file);
    try {
      await access(path, file === undefined ? constants.R_OK | constants.X_OK : constants.R_OK);
      return [];
    } catch (error) {
      const { code, message } = CalveError.is(error) ? error : mapFileError(error, path, 'list');
      return [{ code, severity: 'error', message }];
    }
  }

  externalAccess(): ExternalAccess {
    return { kind: 'spark', uri: fileUri(this.#location.directory), conf: {}, jars: [] };
  }

  /** Nothing is kept open between calls. */
  async close(): Promise<void> {}
}
