import type { CallContext } from '../context/call-context.ts';
import * as z from '../context/option-language.ts';
import { globSchema } from './glob-schema.ts';
import { nameMemoryFiles } from './memory-files.ts';
import { MemorySession } from './memory-session.ts';
import type { SourcePlugin } from './source.ts';

/** What a file in memory may be; a `File` is a `Blob`. Text is read as UTF-8, rows as JSON Lines (`MemoryRow`). */
export type MemoryContent = Uint8Array | ArrayBuffer | Blob | string | readonly MemoryRow[];

/**
 * A row that a host has as a plain object. It becomes a line of JSON: numbers and bigints with all their digits, `-0` and nested objects and
 * arrays as they are, a `Date` as its ISO text, a `Uint8Array` as base64 text, NaN and the infinities as the texts `NaN`, `Infinity` and
 * `-Infinity`. Members that are `undefined` are absent. Read with a format for JSON.
 */
export type MemoryRow = Readonly<Record<string, unknown>>;

/** Content by name; or the list that an upload form gives, in which every entry has to be a `File`: the values of text fields have no name. */
export type MemoryFiles = Readonly<Record<string, MemoryContent>> | readonly (File | string)[];

/** Options of an ingestion from memory, defaults applied. */
export interface MemoryOptions {
  /** As in `compileGlob`, against the name. Default: every file. */
  pattern: string;
}

const options = z.strictObject({
  pattern: globSchema.default('**').describe('Names to take, such as "orders-*.csv". Default: every file.'),
});

/**
 * Files that the host already has: an upload handler's `File`s, a fetched `Blob`, bytes, text. Works in a browser.
 *
 * The name and the SHA-256 of the content are the identity, so the same upload twice loads once. A `Blob` is read in ranges; bytes are not
 * copied and must not be changed until the run has ended (`OBJECT_CHANGED` if they are). Names count as relative paths: hidden and marker
 * files are left out as everywhere, and said so. `modifiedAt` is a `File`'s own, otherwise 1970-01-01.
 *
 * Rows are turned into bytes once per `connect`, and their names need no ending.
 *
 * @param files Content by name, read again at each `connect`; or a list of `File`s, of which each takes the place `webkitRelativePath`, where
 *   it has one, or `name`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input), also at `connect`: two files have one name, one has none, or one is neither
 *   text, bytes, a `Blob`, a `File` nor rows; at `connect` also: a row has a value that JSON cannot hold, such as a function or a cycle.
 *
 * @example
 * const calve = createCalve({ sources: { upload: memorySource(formData.getAll('files')) }, … });
 *
 * @example
 * memorySource({ orders: [{ id: 1n, at: new Date(), items: [{ sku: 'A', quantity: 2 }] }] });
 */
export function memorySource(files: MemoryFiles): SourcePlugin<MemoryOptions, z.input<typeof options>> {
  // Only to refuse what can be no file while the caller is still on the stack.
  nameMemoryFiles(files);
  return {
    contract: 'source/1',
    name: 'memory',
    version: '0.1.0',
    options: z.optionsOf(options),
    connect: async (chosen: MemoryOptions, context: CallContext) =>
      new MemorySession(await readableFiles(nameMemoryFiles(files)), chosen.pattern, context.environment),
  };
}

/** Bytes and blobs; a buffer is looked at and not copied. */
async function readableFiles(files: ReadonlyMap<string, MemoryContent>): Promise<Map<string, Uint8Array | Blob>> {
  const readable = new Map<string, Uint8Array | Blob>();
  for (const [name, content] of files) {
    if (typeof content === 'string') readable.set(name, new TextEncoder().encode(content));
    else if (content instanceof ArrayBuffer) readable.set(name, new Uint8Array(content));
    else if (content instanceof Uint8Array || content instanceof Blob) readable.set(name, content);
    else readable.set(name, (await import('./memory-rows.ts')).jsonLines(content, name));
  }
  return readable;
}
