import type {
  CallContext,
  ListedObject,
  ObjectBytes,
  ObjectFacts,
  ObjectRange,
  ObjectStorage,
  SourcePlugin,
} from '@calve/core/plugin';
import { CalveError, connectStorage } from '@calve/core/plugin';
import type { SimulatedProcess } from './process.ts';

/** One version of a file of the landing folder. */
export interface LandedVersion {
  file: string;
  version: string;
  text: string;
  /** Ids of the rows that fit the table, and of those that do not. */
  good: readonly string[];
  bad: readonly string[];
  modifiedAt: number;
}

const ROOT = 'simulated://landing/';

/** A folder into which files arrive, change and vanish while processes read them. */
export class SimulatedLanding {
  readonly #current = new Map<string, LandedVersion>();
  /** Every version that ever was, by its version id. */
  readonly versions = new Map<string, LandedVersion>();

  /** A new file, or new content for one that is there. Each row is given an id that no other row has. */
  put(file: string, rows: number, badRows: number, now: number): LandedVersion {
    const number = this.versions.size + 1;
    const ids = (count: number, letter: string) => Array.from({ length: count }, (_, row) => `v${number}${letter}${row}`);
    const [good, bad] = [ids(rows, 'g'), ids(badRows, 'b')];
    const lines = [...good.map((id, at) => `${id},${at}`), ...bad.map((id) => `${id},not a number`)];
    return this.#keep({ file, version: `v${number}`, text: `row,amount\n${lines.join('\n')}\n`, good, bad, modifiedAt: now });
  }

  /** The same content under a second name; nothing when the first is gone. */
  copy(file: string, to: string, now: number): LandedVersion | null {
    const original = this.#current.get(file);
    return original ? this.#keep({ ...original, file: to, version: `v${this.versions.size + 1}`, modifiedAt: now }) : null;
  }

  remove(file: string): void {
    this.#current.delete(file);
  }

  has(file: string): boolean {
    return this.#current.has(file);
  }

  /** What is there now. */
  current(): LandedVersion[] {
    return [...this.#current.values()];
  }

  /** The folder as a process reads it. */
  source(process: SimulatedProcess): SourcePlugin<unknown> {
    return {
      contract: 'source/1',
      name: 'simulated',
      version: '0.1.0',
      options: {
        jsonSchema: {},
        '~standard': { version: 1, vendor: 'calve-testkit', validate: (value) => ({ value: value ?? {} }) },
      },
      connect: (_: unknown, context: CallContext) => connectStorage(this.#storage(process), '**', context),
    };
  }

  #keep(version: LandedVersion): LandedVersion {
    this.versions.set(version.version, version);
    this.#current.set(version.file, version);
    return version;
  }

  #storage(process: SimulatedProcess): ObjectStorage {
    const landing = this;
    return {
      root: ROOT,
      externalAccess: { kind: 'none', reason: 'It is simulated.' },
      async *list(): AsyncGenerator<ListedObject> {
        yield* await process.call(() =>
          landing.current().map((version) => ({ place: ROOT + version.file, facts: factsOf(version) })),
        );
      },
      describe: (place) => process.call(() => factsOf(landing.#at(place))),
      read: ({ place, start, end }: ObjectRange) =>
        process.call((): ObjectBytes => {
          const { version, text } = landing.#at(place);
          return { version, start, chunks: oneChunk(new TextEncoder().encode(text).subarray(start, end)) };
        }),
    };
  }

  #at(place: string): LandedVersion {
    const version = this.#current.get(place.slice(ROOT.length));
    if (version) return version;
    throw new CalveError('OBJECT_NOT_FOUND', `${place} does not exist.`, { recovery: 'fix-input' });
  }
}

function factsOf({ version, text, modifiedAt, good, bad }: LandedVersion): ObjectFacts {
  return { version, sizeBytes: text.length, modifiedAt, checksum: [...good, ...bad].join() };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
