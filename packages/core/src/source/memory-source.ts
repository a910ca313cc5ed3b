import * as z from 'zod';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import { globSchema } from './glob-schema.ts';
import { MemorySession } from './memory-session.ts';
import type { SourcePlugin } from './source.ts';

/** What a file in memory may be. Text is read as UTF-8. */
export type MemoryContent = Uint8Array | Blob | string;

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
 * @param files Content by name, read again at each `connect`; or a list of `File`s, of which each takes the place `webkitRelativePath`, where
 *   it has one, or `name`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): two files have one name, or one has none.
 *
 * @example
 * const calve = createCalve({ sources: { upload: memorySource(formData.getAll('files')) }, … });
 */
export function memorySource(
  files: Record<string, MemoryContent> | readonly File[],
): SourcePlugin<MemoryOptions, z.input<typeof options>> {
  return {
    contract: 'source/1',
    name: 'memory',
    version: '0.1.0',
    options: {
      jsonSchema: JSON.parse(JSON.stringify(z.toJSONSchema(options, { io: 'input' }))) as Json,
      '~standard': options['~standard'],
    },
    connect: (chosen: MemoryOptions, context: CallContext) =>
      Promise.resolve(new MemorySession(namedFiles(files), chosen.pattern, context.environment)),
  };
}

function namedFiles(files: Record<string, MemoryContent> | readonly File[]): Map<string, MemoryContent> {
  const named = new Map<string, MemoryContent>();
  const entries: [string, MemoryContent][] = Array.isArray(files)
    ? files.map((file: File) => [file.webkitRelativePath || file.name, file])
    : Object.entries(files as Record<string, MemoryContent>);
  for (const [name, content] of entries) {
    if (name !== '' && !named.has(name)) {
      named.set(name, content);
      continue;
    }
    const problem = name === '' ? 'A file in memory has no name' : `Two files in memory are named "${name}"`;
    throw new CalveError('CONFIGURATION_INVALID', `${problem}; each needs a name of its own.`, {
      recovery: 'fix-input',
      context: { name },
    });
  }
  return named;
}
