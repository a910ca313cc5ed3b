import type { ExternalAccess } from '../context/plugin.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ByteReader } from './byte-reader.ts';
import { compileGlob } from './glob.ts';
import { hexadecimal } from './hashing-reader.ts';
import { ignoredName, maskIgnored } from './ignored-name.ts';
import type { ObjectUnit } from './input-unit.ts';
import { blobReader, bytesReader, hashContent } from './memory-reader.ts';
import { nearestNames } from './nearest-names.ts';
import type { ListPage, ListRequest, ObjectSession, SkippedObject } from './source.ts';

const PAGE = 1000;
const NO_TIME = new Date(0).toISOString();

/** The files of one plan or run. Which names and contents there are is fixed when it is made. */
export class MemorySession implements ObjectSession {
  readonly kind = 'objects';
  readonly #files: ReadonlyMap<string, Uint8Array | Blob>;
  readonly #pattern: string;
  readonly #environment: Environment;
  readonly #hashes = new Map<string, Promise<string>>();

  constructor(files: ReadonlyMap<string, Uint8Array | Blob>, pattern: string, environment: Environment) {
    this.#files = files;
    this.#pattern = pattern;
    this.#environment = environment;
  }

  async *list(request: ListRequest): AsyncGenerator<ListPage> {
    const glob = compileGlob(this.#pattern);
    const named = compileGlob(this.#pattern, maskIgnored);
    const places = [...this.#files.keys()]
      .map((name) => ({ name, place: placeOf(name) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const excluded: string[] = [];
    let page: ListPage = { units: [], skipped: [] };
    for (const { name, place } of places) {
      const skipped = this.#skip(name, place, request, glob, named);
      if (skipped?.kind === 'pattern') excluded.push(name);
      // What the cursor has passed still counts for the message of the last page.
      if (request.cursor !== undefined && place <= request.cursor) continue;
      throwIfAborted(request.signal);
      if (skipped) page.skipped.push(skipped);
      else page.units.push(await this.#unit(name, place));
      if (page.units.length + page.skipped.length < PAGE) continue;
      yield { ...page, cursor: place };
      page = { units: [], skipped: [] };
    }
    const nearest = nearestNames(this.#pattern, excluded, { hasWildcards: true });
    yield { ...page, searched: { root: 'memory:///', nearest, excludedByPattern: excluded.length } };
  }

  async open(unit: ObjectUnit): Promise<ByteReader> {
    const name = [...this.#files.keys()].find((candidate) => placeOf(candidate) === unit.place);
    const content = name === undefined ? undefined : this.#files.get(name);
    if (name === undefined || content === undefined) {
      throw new CalveError('OBJECT_NOT_FOUND', `${unit.uri} is no longer among the files in memory; plan again.`, {
        recovery: 'replan',
        context: { uri: unit.uri },
      });
    }
    const current = await this.#unit(name, unit.place);
    const changed = () =>
      new CalveError('OBJECT_CHANGED', `${unit.uri} is not the version that was listed; plan again.`, {
        recovery: 'replan',
        context: { uri: unit.uri, version: unit.version },
      });
    if (current.key !== unit.key) throw changed();
    return content instanceof Blob ? blobReader(content, changed) : bytesReader(content, this.#environment, unit.key, changed);
  }

  async check(): Promise<Diagnostic[]> {
    return [];
  }

  externalAccess(): ExternalAccess {
    return { kind: 'none', reason: 'The files are in the memory of this process, where no other engine can read them.' };
  }

  async close(): Promise<void> {
    this.#hashes.clear();
  }

  #skip(name: string, place: string, request: ListRequest, glob: Matcher, named: Matcher): SkippedObject | null {
    const ignored = ignoredName(name);
    if (ignored && !named.matches(name)) return { uri: place, ...ignored };
    if (!glob.matches(name))
      return { uri: place, kind: 'pattern', reason: `"${name}" does not fit the pattern ${this.#pattern}.` };
    const modifiedAt = this.#modifiedAt(name);
    if (request.modifiedSince !== undefined && Date.parse(modifiedAt) < Date.parse(request.modifiedSince)) {
      return { uri: place, kind: 'too-old', reason: `Modified at ${modifiedAt}, before ${request.modifiedSince}.` };
    }
    return null;
  }

  async #unit(name: string, place: string): Promise<ObjectUnit> {
    const content = this.#files.get(name)!;
    let hashing = this.#hashes.get(name);
    if (!hashing) {
      hashing = hashContent(content, this.#environment.sha256()).then(hexadecimal);
      this.#hashes.set(name, hashing);
    }
    const hash = await hashing;
    return {
      kind: 'object',
      key: `${place}#${hash}`,
      place,
      fingerprint: hash,
      uri: place,
      version: hash.slice(0, 16),
      sizeBytes: content instanceof Blob ? content.size : content.length,
      modifiedAt: this.#modifiedAt(name),
    };
  }

  #modifiedAt(name: string): string {
    const modified = (this.#files.get(name) as Partial<File>).lastModified;
    return modified === undefined ? NO_TIME : new Date(modified).toISOString();
  }
}

interface Matcher {
  matches(path: string): boolean;
}

function placeOf(name: string): string {
  return `memory:///${name.toWellFormed().split('/').map(encodeURIComponent).join('/')}`;
}
