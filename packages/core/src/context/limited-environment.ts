import type { Environment } from '../env/environment.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import type { InputLimits } from './input-limits.ts';
import { limitExceeded } from './limit-exceeded.ts';
import { sizeText } from './size-text.ts';

/** So much content is given before the ratio counts: a small file of blanks is no bomb. */
const RATIO_FROM_BYTES = 64 * 2 ** 20;

/**
 * An environment whose `decompress` keeps to the limits, so that every plugin does. Core hands it out in every context.
 *
 * @param environment May be an object of any class; everything else goes to it unchanged.
 */
export function limitedEnvironment(environment: Environment, limits: Readonly<InputLimits>): Environment {
  const limited: Environment = {
    now: () => environment.now(),
    sleep: (milliseconds, signal) => environment.sleep(milliseconds, signal),
    random: (bytes) => environment.random(bytes),
    step: (label) => environment.step(label),
    sha256: () => environment.sha256(),
    async decompress(kind, reader, wanted) {
      const stored = new StoredBytes(reader, limits);
      return new ContentBytes(await environment.decompress(kind, stored, wanted), stored, limits);
    },
  };
  const startThread = environment.startThread?.bind(environment);
  if (startThread) limited.startThread = startThread;
  const parallelism = environment.parallelism?.bind(environment);
  if (parallelism) limited.parallelism = parallelism;
  const decodeProcesses = environment.decodeProcesses?.bind(environment);
  if (decodeProcesses) limited.decodeProcesses = decodeProcesses;
  const processIdentity = environment.processIdentity?.bind(environment);
  if (processIdentity) limited.processIdentity = processIdentity;
  const processState = environment.processState?.bind(environment);
  if (processState) limited.processState = processState;
  return limited;
}

/** The stored bytes of a compressed file on their way into decompression. */
class StoredBytes implements ByteReader {
  readonly sizeBytes: number;
  readonly #reader: ByteReader;
  readonly #limits: Readonly<InputLimits>;
  /** How far it was read. */
  front = 0;

  /** @throws {CalveError} `LIMIT_FILE`: it is known to be too large. */
  constructor(reader: ByteReader, limits: Readonly<InputLimits>) {
    this.sizeBytes = reader.sizeBytes;
    this.#reader = reader;
    this.#limits = limits;
    this.#assertAllowed(reader.sizeBytes);
  }

  read(target: Uint8Array, offset: number): number | Promise<number> {
    const count = this.#reader.read(target, offset);
    return typeof count === 'number' ? this.#account(offset, count) : count.then((bytes) => this.#account(offset, bytes));
  }

  verify(): Promise<void> {
    return this.#reader.verify();
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #account(offset: number, count: number): number {
    this.front = Math.max(this.front, offset + count);
    this.#assertAllowed(this.front);
    return count;
  }

  #assertAllowed(bytes: number): void {
    const { compressedBytes } = this.#limits;
    if (bytes <= compressedBytes) return;
    const has = this.sizeBytes >= 0 ? `has ${sizeText(this.sizeBytes)}` : 'is larger than that';
    const message = `A compressed file may have ${sizeText(compressedBytes)}, and this one ${has}.`;
    throw limitExceeded('compressedBytes', this.#limits, message);
  }
}

/** The content of a compressed file. What was refused once is refused by every further read: it must never look like the end. */
class ContentBytes implements ByteReader {
  readonly sizeBytes: number;
  readonly #content: ByteReader;
  readonly #stored: StoredBytes;
  readonly #limits: Readonly<InputLimits>;
  #failure: unknown;

  constructor(content: ByteReader, stored: StoredBytes, limits: Readonly<InputLimits>) {
    this.sizeBytes = content.sizeBytes;
    this.#content = content;
    this.#stored = stored;
    this.#limits = limits;
  }

  read(target: Uint8Array, offset: number): number | Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    const count = this.#content.read(target, offset);
    return typeof count === 'number' ? this.#account(offset, count) : count.then((bytes) => this.#account(offset, bytes));
  }

  verify(): Promise<void> {
    return this.#content.verify();
  }

  close(): Promise<void> {
    return this.#content.close();
  }

  #account(offset: number, count: number): number {
    const bytes = offset + count;
    const { contentBytes, compressionRatio } = this.#limits;
    if (bytes > contentBytes) {
      const message = `The compressed file holds more than ${sizeText(contentBytes)} of content, which is all that a file may have.`;
      this.#refuse('contentBytes', message, bytes);
    }
    const { front } = this.#stored;
    if (bytes > RATIO_FROM_BYTES && bytes > front * compressionRatio) {
      const message = `The first ${sizeText(front)} of the compressed file hold ${sizeText(bytes)} of content and more, over ${compressionRatio} times as much: it looks like a file that is made to fill up memory and disks.`;
      this.#refuse('compressionRatio', message, bytes);
    }
    return count;
  }

  #refuse(limit: 'contentBytes' | 'compressionRatio', message: string, contentBytes: number): never {
    this.#failure = limitExceeded(limit, this.#limits, message, { storedBytes: this.#stored.front, contentBytes });
    throw this.#failure;
  }
}
