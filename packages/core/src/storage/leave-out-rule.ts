import { compileGlob } from '../source/glob.ts';
import { ignoredName, maskIgnored } from '../source/ignored-name.ts';
import type { ListRequest, SkippedObject } from '../source/source.ts';

/** Decides why an object or folder is left out of a listing, with the same reasons for every source. null: it is not. */
export interface LeaveOutRule {
  /** @param name Relative to the root, decoded; with a slash at its end a folder, which is left out when nothing in it can be asked for. */
  byName(uri: string, name: string): SkippedObject | null;
  /** @param modifiedAt Milliseconds since 1970. */
  byTime(uri: string, modifiedAt: number): SkippedObject | null;
}

/** The rule of one listing. @throws {CalveError} `OPTIONS_INVALID`: the pattern is none. */
export function leaveOutRule(pattern: string, { modifiedSince, settledBefore }: ListRequest): LeaveOutRule {
  const glob = compileGlob(pattern);
  // Matches what the pattern asks for by name, hidden or not.
  const named = compileGlob(pattern, maskIgnored);
  return {
    byName(uri, name) {
      const isFolder = name.endsWith('/');
      const path = isFolder ? name.slice(0, -1) : name;
      const fits = (of: typeof glob): boolean => (isFolder ? of.canMatchInside(path) : of.matches(path));
      const ignored = fits(named) ? null : ignoredName(path);
      if (ignored) return { uri, ...ignored };
      if (fits(glob)) return null;
      return isFolder
        ? { uri, kind: 'directory', reason: `Nothing in the folder "${path}" can fit the pattern ${pattern}.` }
        : { uri, kind: 'pattern', reason: `"${path}" does not fit the pattern ${pattern}.` };
    },
    byTime(uri, modifiedAt) {
      const modified = new Date(modifiedAt).toISOString();
      if (modifiedSince !== undefined && modifiedAt < Date.parse(modifiedSince)) {
        return { uri, kind: 'too-old', reason: `Modified at ${modified}, before ${modifiedSince}.` };
      }
      if (settledBefore === undefined || modifiedAt <= settledBefore) return null;
      return { uri, kind: 'settling', reason: `Modified at ${modified}; it may still be written.` };
    },
  };
}
