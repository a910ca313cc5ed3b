import { CalveError } from '../errors/calve-error.ts';
import type { MemoryContent, MemoryFiles } from './memory-source.ts';

/**
 * The files that a host handed over, by name.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input), naming the file: no name, a name twice, or content that is none.
 */
export function nameMemoryFiles(files: MemoryFiles): Map<string, MemoryContent> {
  if (files === null || typeof files !== 'object') {
    throw invalid(`memorySource() takes files by name or a list of File objects, but was given ${kindOf(files)}.`);
  }
  const named = new Map<string, MemoryContent>();
  const entries: [string, unknown][] = Array.isArray(files) ? files.map(namedEntry) : Object.entries(files);
  for (const [name, content] of entries) {
    if (name === '') throw invalid('A file in memory has no name; each needs a name of its own.', name);
    if (named.has(name)) throw invalid(`Two files in memory are named "${name}"; each needs a name of its own.`, name);
    if (!isContent(content)) {
      const expected = 'text, a Uint8Array, an ArrayBuffer, a Blob, a File or a list of rows';
      throw invalid(`The content of the file "${name}" is ${kindOf(content)}; it has to be ${expected}.`, name);
    }
    named.set(name, content);
  }
  return named;
}

function namedEntry(entry: unknown, index: number): [string, unknown] {
  if (entry instanceof File) return [entry.webkitRelativePath || entry.name, entry];
  const advice = "leave it out, or give it a name: memorySource({ 'name.csv': content })";
  throw invalid(
    `Entry ${index + 1} of the list for memorySource() is ${kindOf(entry)} and no File, so it has no name; ${advice}.`,
  );
}

function isContent(content: unknown): content is MemoryContent {
  if (typeof content === 'string') return true;
  if (Array.isArray(content)) return content.every((row) => row !== null && typeof row === 'object' && !Array.isArray(row));
  return content instanceof Uint8Array || content instanceof ArrayBuffer || content instanceof Blob;
}

/** Never the value itself: it may be the content of a file. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `an object of type ${value.constructor?.name ?? 'Object'}`;
}

function invalid(message: string, name?: string): CalveError {
  return new CalveError('CONFIGURATION_INVALID', message, {
    recovery: 'fix-input',
    ...(name === undefined ? {} : { context: { name } }),
  });
}
