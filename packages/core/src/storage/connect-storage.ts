import type { CallContext } from '../context/call-context.ts';
import type { ExternalAccess } from '../context/plugin.ts';
import { CalveError, errorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import { decodedPath } from '../source/file-name.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ListPage, ListRequest, ObjectSession } from '../source/source.ts';
import { listStorage, probeStorage } from './list-storage.ts';
import type { ObjectStorage } from './object-storage.ts';
import { storageReader } from './storage-reader.ts';

/**
 * Makes a source session of a remote storage: what `connect` of a source plugin gives. It looks whether the storage answers, and closes it
 * when it does not.
 *
 * Short failures are repeated for some two seconds. Listing keeps the places of all objects in memory. Where the storage has no checksum, the
 * fingerprint is the size and the SHA-256 of the first 64 KiB: one request for each object that is listed.
 *
 * @param pattern Which objects are offered, by name relative to the root: as `compileGlob` takes it.
 * @throws {CalveError} `SOURCE_NOT_FOUND` (fix-input), `SOURCE_ACCESS_DENIED` (fix-access), `SOURCE_UNAVAILABLE` (retry), `CANCELLED`.
 *
 * @example
 * connect: (options, context) => connectStorage(new BucketStorage(options.bucket), options.pattern, context),
 */
export async function connectStorage(storage: ObjectStorage, pattern: string, context: CallContext): Promise<ObjectSession> {
  try {
    await probeStorage(storage, context);
  } catch (error) {
    await storage.close?.();
    throw error;
  }
  return new StorageSession(storage, pattern, context);
}

class StorageSession implements ObjectSession {
  readonly kind = 'objects';
  readonly #storage: ObjectStorage;
  readonly #pattern: string;
  readonly #context: CallContext;

  constructor(storage: ObjectStorage, pattern: string, context: CallContext) {
    this.#storage = storage;
    this.#pattern = pattern;
    this.#context = context;
  }

  list(request: ListRequest): AsyncIterable<ListPage> {
    return listStorage(this.#storage, this.#pattern, request, this.#context.environment);
  }

  async open(unit: ObjectUnit, context: CallContext): Promise<ByteReader> {
    assertInside(unit.place, this.#storage.root);
    const reader = storageReader(this.#storage, unit, context);
    await reader.verify();
    return reader;
  }

  async check(): Promise<Diagnostic[]> {
    try {
      await probeStorage(this.#storage, this.#context);
      return [];
    } catch (error) {
      const { code, message } = errorData(error);
      return [{ code, severity: 'error', message }];
    }
  }

  externalAccess(): ExternalAccess {
    return this.#storage.externalAccess;
  }

  async close(): Promise<void> {
    await this.#storage.close?.();
  }
}

/**
 * A unit may come from a plan that was stored and edited elsewhere, so its place is checked and not trusted. Encoded dots and slashes count
 * as what they stand for: the storage may decode them.
 */
function assertInside(place: string, root: string): void {
  const url = URL.parse(place);
  const isNormal = url?.href === place && !/[?#]/.test(place);
  const parts = decodedPath(place.slice(root.length)).split(/[/\\]/);
  if (isNormal && place.startsWith(root) && !parts.some((part) => part === '.' || part === '..')) return;
  throw new CalveError('OPTIONS_INVALID', `${place} is not inside ${root}, where this source reads.`, {
    recovery: 'fix-input',
    context: { place, root },
  });
}
