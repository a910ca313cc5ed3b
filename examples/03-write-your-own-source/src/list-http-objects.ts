import {
  type CalveError,
  compileGlob,
  type Environment,
  errorData,
  ignoredName,
  type ListPage,
  type ListRequest,
  maskIgnored,
  nearestNames,
  type ObjectUnit,
  type SkippedObject,
  throwIfAborted,
  type UnreadableObject,
} from '@calve/core/plugin';
import type { HttpClient } from './http-client.ts';
import { nameOf } from './http-place.ts';
import type { HttpOptions } from './http-source-options.ts';
import { mapHttpError } from './map-http-error.ts';
import { readHttpObject } from './open-http-object.ts';

/** Units and skipped objects of one page together. */
const PAGE_OBJECTS = 1000;
/** Files that are looked at at the same time. */
const PARALLEL = 8;
/** How much of each end is hashed. */
const HASHED_BYTES = 64 * 1024;

/** What index pages tell of a file, or why it, or a folder, is not to be looked at. */
type Found = { place: string; outcome: SkippedObject | UnreadableObject | null };

/**
 * Lists the files below the root in pages, ordered by place. Memory: the places of all of them, for index pages come in any order.
 *
 * A file that disappears meanwhile is not listed.
 *
 * @throws {CalveError} `SOURCE_NOT_FOUND`, `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`, `HTTP_NO_INDEX`, `CANCELLED`.
 */
export async function* listHttpObjects(
  client: HttpClient,
  options: HttpOptions,
  request: ListRequest,
  environment: Environment,
): AsyncGenerator<ListPage> {
  const excluded: string[] = [];
  let page: Found[] = [];
  for (const found of await walk(client, options, request.signal)) {
    if (found.outcome && 'kind' in found.outcome && found.outcome.kind === 'pattern')
      excluded.push(nameOf(found.place, client.root));
    // What the cursor has passed still counts for the message of the last page.
    if (request.cursor !== undefined && found.place <= request.cursor) continue;
    page.push(found);
    if (page.length < PAGE_OBJECTS) continue;
    yield { ...(await lookAt(page)), cursor: found.place };
    page = [];
  }
  const last = await lookAt(page);
  const nearest = nearestNames(options.pattern, excluded, { hasWildcards: true });
  yield { ...last, searched: { root: client.root, nearest, excludedByPattern: excluded.length } };

  async function lookAt(found: readonly Found[]): Promise<ListPage> {
    const page: ListPage & { unreadable: UnreadableObject[] } = { units: [], skipped: [], unreadable: [] };
    for (let start = 0; start < found.length; start += PARALLEL) {
      throwIfAborted(request.signal);
      const looks = found
        .slice(start, start + PARALLEL)
        .map(async ({ place, outcome }) => outcome ?? (await unitOf(client, place, request, environment)));
      for (const outcome of await Promise.all(looks)) {
        if (outcome === null) continue;
        if ('reason' in outcome) page.skipped.push(outcome);
        else if ('error' in outcome) page.unreadable.push(outcome);
        else page.units.push(outcome);
      }
    }
    throwIfAborted(request.signal);
    return page;
  }
}

/** Reads the index pages. Folders in which nothing can match are not entered. */
async function walk(client: HttpClient, { pattern, recursive }: HttpOptions, signal: AbortSignal): Promise<Found[]> {
  const glob = compileGlob(pattern);
  // Matches what the pattern asks for by name, hidden or not.
  const named = compileGlob(pattern, maskIgnored);
  const found = new Map<string, Found>();
  const folders = [client.root];
  for (const folder of folders) {
    for (const place of await linksOf(folder)) {
      if (found.has(place)) continue;
      const outcome = whyLeftOut(place, nameOf(place, client.root));
      found.set(place, { place, outcome });
      if (place.endsWith('/') && outcome === null) folders.push(place);
    }
  }
  return [...found.values()]
    .filter(({ place, outcome }) => outcome !== null || !place.endsWith('/'))
    .sort((a, b) => (a.place < b.place ? -1 : 1));

  async function linksOf(folder: string): Promise<Iterable<string>> {
    if (folder === client.root) return client.index(folder, 'list', signal);
    try {
      return await client.index(folder, 'open', signal);
    } catch (error) {
      const outcome = unreadable(mapHttpError(error, folder, 'open'), folder);
      if (outcome) found.set(folder, { place: folder, outcome });
      return [];
    }
  }

  function whyLeftOut(uri: string, name: string): SkippedObject | null {
    const isFolder = uri.endsWith('/');
    const folder = name.slice(0, -1);
    const ignored = (isFolder ? named.canMatchInside(folder) : named.matches(name)) ? null : ignoredName(name);
    if (ignored) return { uri, ...ignored };
    if (isFolder) {
      if (!recursive) return { uri, kind: 'directory', reason: `"${folder}" is a folder, and "recursive" is off.` };
      return glob.canMatchInside(folder)
        ? null
        : { uri, kind: 'directory', reason: `Nothing in the folder "${folder}" can fit the pattern ${pattern}.` };
    }
    return glob.matches(name) ? null : { uri, kind: 'pattern', reason: `"${name}" does not fit the pattern ${pattern}.` };
  }
}

/** null: the file has disappeared. One that cannot be read does not end the listing. */
async function unitOf(
  client: HttpClient,
  place: string,
  { modifiedSince, settledBefore, signal }: ListRequest,
  environment: Environment,
): Promise<ObjectUnit | SkippedObject | UnreadableObject | null> {
  try {
    const { version, sizeBytes, modifiedAt, hasRanges } = await client.describe(place, signal);
    const modified = new Date(modifiedAt).toISOString();
    if (modifiedSince !== undefined && modifiedAt < Date.parse(modifiedSince)) {
      return { uri: place, kind: 'too-old', reason: `Modified at ${modified}, before ${modifiedSince}.` };
    }
    if (settledBefore !== undefined && modifiedAt > settledBefore) {
      return { uri: place, kind: 'settling', reason: `Modified at ${modified}; it may still be written.` };
    }
    const key = `${place}#${version}`;
    const unit = { kind: 'object', key, place, fingerprint: '', uri: place, version, sizeBytes, modifiedAt: modified } as const;
    return { ...unit, fingerprint: `${sizeBytes}-${await hashOfEnds(client, unit, hasRanges, signal, environment)}` };
  } catch (error) {
    return unreadable(mapHttpError(error, place, 'open'), place);
  }
}

/** What cannot be looked at; null: it is not there. Rethrows what is not about this one object: then the server is away, or a defect was met. */
function unreadable(error: CalveError, uri: string): UnreadableObject | null {
  if (error.code === 'OBJECT_NOT_FOUND') return null;
  const isAway = error.recovery.kind === 'retry' && errorData(error).cause?.code !== 'HTTP_500';
  if (isAway || error.recovery.kind === 'report') throw error;
  return { uri, error: errorData(error) };
}

/** Without ranges, only the beginning: the end would cost the whole file. */
async function hashOfEnds(
  client: HttpClient,
  unit: ObjectUnit,
  hasRanges: boolean,
  signal: AbortSignal,
  environment: Environment,
): Promise<string> {
  const hash = environment.sha256();
  const reader = readHttpObject(client, unit, signal);
  const { sizeBytes } = unit;
  try {
    const head = new Uint8Array(Math.min(sizeBytes, HASHED_BYTES));
    await reader.read(head, 0);
    hash.update(head);
    // The tail begins behind the head, so a small file is hashed exactly once.
    const tail = new Uint8Array(hasRanges ? Math.min(sizeBytes - head.length, HASHED_BYTES) : 0);
    await reader.read(tail, sizeBytes - tail.length);
    hash.update(tail);
  } finally {
    await reader.close();
  }
  return Buffer.from(hash.digest()).toString('hex');
}
