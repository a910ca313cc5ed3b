import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CalveError } from '@calve/core';

/**
 * The value of a JSON file.
 *
 * @param what What the file is, for messages: `spec`, `plan`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): there is no such file, it may not be read, or it is no JSON.
 */
export async function readJsonFile(path: string, what: string, workingDirectory: string): Promise<unknown> {
  const place = resolve(workingDirectory, path);
  let text: string;
  try {
    text = await readFile(place, 'utf8');
  } catch (error) {
    throw unreadable(place, what, error);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `The ${what} ${place} is no JSON: ${(error as SyntaxError).message.replace(/\s+/g, ' ')}`,
      {
        recovery: 'fix-input',
        context: { path: place },
        cause: error,
      },
    );
  }
}

function unreadable(place: string, what: string, error: unknown): CalveError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file; relative paths start at the working directory',
    EISDIR: 'it is a folder',
    EACCES: 'this user may not read it',
  };
  return new CalveError('CONFIGURATION_INVALID', `The ${what} ${place} cannot be read: ${reasons[code ?? ''] ?? message}.`, {
    recovery: 'fix-input',
    context: { path: place },
    cause: error,
  });
}
