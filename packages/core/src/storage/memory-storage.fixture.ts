import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ListedObject, ObjectBytes, ObjectFacts, ObjectRange, ObjectStorage } from './object-storage.ts';

/** A lost connection, as `fetch` throws it. */
export function lostConnection(): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
}

/** An environment in which sleeping takes no time, and the milliseconds that were slept. */
export function sleepless(): { environment: Environment; slept: number[] } {
  const slept: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void slept.push(milliseconds);
  return { environment: { ...nodeEnvironment(), sleep }, slept };
}

/** A storage in memory that fails where a test wants it. */
export class MemoryStorage implements ObjectStorage {
  readonly root = 'memory://test/';
  readonly externalAccess = { kind: 'none', reason: 'It is in memory.' } as const;
  readonly objects = new Map<string, { content: Uint8Array; version: string }>();
  /** Every call so far: `list folder`, `describe place`, `read place start`, `leave place` for an answer that was not read to its end. */
  readonly calls: string[] = [];
  /** By call, what it throws; as long as there is something. */
  readonly failures = new Map<string, unknown[]>();
  hasRanges = true;
  hasFolders = false;
  hasFacts = false;
  isClosed = false;
  chunkBytes = 1000;
  /** Called before each chunk. */
  beforeChunk: (place: string, offset: number) => void = () => {};

  put(name: string, content: Uint8Array | string, version = `v${this.objects.size}`): string {
    const place = this.root + name;
    this.objects.set(place, { content: typeof content === 'string' ? new TextEncoder().encode(content) : content, version });
    return place;
  }

  async *list(folder: string): AsyncGenerator<ListedObject> {
    this.#enter(`list ${folder}`);
    for (const place of this.objects.keys()) {
      if (!place.startsWith(folder)) continue;
      const slash = place.indexOf('/', folder.length);
      if (this.hasFolders && slash > 0) yield { place: place.slice(0, slash + 1) };
      else yield this.hasFacts ? { place, facts: { ...this.#facts(place), checksum: `sum of ${place}` } } : { place };
    }
  }

  async describe(place: string): Promise<ObjectFacts> {
    this.#enter(`describe ${place}`);
    return this.#facts(place);
  }

  async read({ place, start, end }: ObjectRange): Promise<ObjectBytes> {
    this.#enter(`read ${place} ${start}`);
    const { version, sizeBytes } = this.#facts(place);
    return { version, start: this.hasRanges ? start : 0, chunks: this.#chunks(place, start, this.hasRanges ? end : sizeBytes) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async *#chunks(place: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const { content } = this.objects.get(place)!;
    let isAtEnd = false;
    try {
      for (let offset = this.hasRanges ? start : 0; offset < end; offset += this.chunkBytes) {
        this.beforeChunk(place, offset);
        yield content.slice(offset, Math.min(offset + this.chunkBytes, end));
      }
      isAtEnd = true;
    } finally {
      if (!isAtEnd) this.calls.push(`leave ${place}`);
    }
  }

  #facts(place: string): ObjectFacts {
    const object = this.objects.get(place);
    if (!object) throw new CalveError('OBJECT_NOT_FOUND', `${place} does not exist.`, { recovery: 'replan' });
    return { version: object.version, sizeBytes: object.content.length, modifiedAt: 1_700_000_000_000 };
  }

  #enter(call: string): void {
    this.calls.push(call);
    const failure = this.failures.get(call)?.shift();
    if (failure !== undefined) throw failure;
  }
}
