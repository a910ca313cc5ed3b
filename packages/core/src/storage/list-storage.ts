import type { Environment } from '../env/environment.ts';
import { CalveError, errorData, throwIfAborted } from '../errors/calve-error.ts';
import { decodedPath } from '../source/file-name.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { nearestNames } from '../source/nearest-names.ts';
import type { ListPage, ListRequest, SkippedObject, UnreadableObject } from '../source/source.ts';
import { callStorage } from './call-storage.ts';
import { type LeaveOutRule, leaveOutRule } from './leave-out-rule.ts';
import type { ListedObject, ObjectFacts, ObjectStorage } from './object-storage.ts';
import { storageReader } from './storage-reader.ts';

/** Units, skipped and unreadable objects of one page together. */
const PAGE_OBJECTS = 1000;
/** Objects that are looked at at the same time. */
const PARALLEL = 8;
/** How much of the beginning is hashed where there is no checksum. One request for each object; the end would be a second one. */
const HASHED_BYTES = 64 * 1024;

/** An object, or why it, or a folder, is not to be looked at. */
interface Found {
  place: string;
  facts?: ObjectFacts | undefined;
  outcome: SkippedObject | UnreadableObject | null;
}

interface Listing {
  storage: ObjectStorage;
  rule: LeaveOutRule;
  calls: { environment: Environment; signal: AbortSignal };
}

/**
 * Lists a storage as `ObjectSession.list` has to: folders in which something can match, in pages, ordered by place. Memory: the places of
 * all objects, since storages order them by other rules. An object that disappears meanwhile is not there.
 *
 * @throws {CalveError} `SOURCE_NOT_FOUND`, `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`, `CANCELLED`.
 */
export async function* listStorage(
  storage: ObjectStorage,
  pattern: string,
  request: ListRequest,
  environment: Environment,
): AsyncGenerator<ListPage> {
  const listing: Listing = {
    storage,
    rule: leaveOutRule(pattern, request),
    calls: { environment, signal: request.signal },
  };
  const found = await walk(listing);
  const excluded = found.filter(({ outcome }) => outcome && 'kind' in outcome && outcome.kind === 'pattern');
  const names = excluded.map(({ place }) => nameIn(storage, place));
  // What the cursor has passed still counts for the message of the last page.
  const wanted = found.filter(({ place }) => request.cursor === undefined || place > request.cursor);
  let start = 0;
  for (; wanted.length - start > PAGE_OBJECTS; start += PAGE_OBJECTS) {
    const page = wanted.slice(start, start + PAGE_OBJECTS);
    yield { ...(await lookAt(page, listing)), cursor: page[PAGE_OBJECTS - 1]!.place };
  }
  const last = await lookAt(wanted.slice(start), listing);
  const nearest = nearestNames(pattern, names, { hasWildcards: true });
  yield { ...last, searched: { root: storage.root, nearest, excludedByPattern: names.length } };
}

/**
 * Asks the storage for the first thing in its root.
 *
 * @throws {CalveError} `SOURCE_NOT_FOUND`, `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`, `CANCELLED`.
 */
export async function probeStorage(storage: ObjectStorage, calls: Listing['calls']): Promise<void> {
  await callRoot(storage, calls, async () => {
    for await (const _first of storage.list(storage.root, calls.signal)) break;
  });
}

async function callRoot<T>({ root }: ObjectStorage, calls: Listing['calls'], call: () => Promise<T>): Promise<T> {
  try {
    return await callStorage(root, calls, call);
  } catch (error) {
    if (!CalveError.is(error) || error.code !== 'OBJECT_NOT_FOUND') throw error;
    throw new CalveError('SOURCE_NOT_FOUND', `${root} does not exist.`, {
      recovery: 'fix-input',
      context: { uri: root },
      cause: error,
    });
  }
}

async function walk(listing: Listing): Promise<Found[]> {
  const { storage, rule } = listing;
  const found = new Map<string, Found>();
  const folders = new Set([storage.root]);
  for (const folder of folders) {
    const inside = await contentOf(folder, listing);
    if (!Array.isArray(inside)) {
      if (inside) found.set(folder, { place: folder, outcome: inside });
      continue;
    }
    for (const { place, facts } of inside) {
      const outcome = rule.byName(place, nameIn(storage, place));
      const isFolder = place.endsWith('/');
      if (isFolder && outcome === null) folders.add(place);
      else found.set(place, { place, facts, outcome });
    }
  }
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** A folder that disappears (null) or may not be entered does not end the listing, but the root does. */
async function contentOf(folder: string, listing: Listing): Promise<ListedObject[] | UnreadableObject | null> {
  const { storage, calls } = listing;
  const all = async (): Promise<ListedObject[]> => {
    const objects: ListedObject[] = [];
    for await (const object of storage.list(folder, calls.signal)) objects.push(object);
    return objects;
  };
  if (folder === storage.root) return callRoot(storage, calls, all);
  return callStorage(folder, calls, all).catch((error: unknown) => unreadable(error, folder, listing));
}

async function lookAt(found: readonly Found[], listing: Listing): Promise<ListPage> {
  const page: ListPage & { unreadable: UnreadableObject[] } = { units: [], skipped: [], unreadable: [] };
  for (let start = 0; start < found.length; start += PARALLEL) {
    const looks = found.slice(start, start + PARALLEL).map(async (object) => object.outcome ?? unitOf(object, listing));
    // Waits for all: when one fails, no call of the others may go on behind the listing.
    for (const look of await Promise.allSettled(looks)) {
      if (look.status === 'rejected') throw look.reason;
      const outcome = look.value;
      if (outcome === null) continue;
      if ('reason' in outcome) page.skipped.push(outcome);
      else if ('error' in outcome) page.unreadable.push(outcome);
      else page.units.push(outcome);
    }
  }
  throwIfAborted(listing.calls.signal);
  return page;
}

async function unitOf(
  { place, facts: listed }: Found,
  listing: Listing,
): Promise<ObjectUnit | SkippedObject | UnreadableObject | null> {
  const { storage, rule, calls } = listing;
  try {
    const facts = listed ?? (await callStorage(place, calls, () => storage.describe(place, calls.signal)));
    const { version, sizeBytes, modifiedAt } = facts;
    const skipped = rule.byTime(place, modifiedAt);
    if (skipped) return skipped;
    return {
      kind: 'object',
      key: `${place}#${version}`,
      place,
      fingerprint: `${sizeBytes}-${facts.checksum ?? (await hashOfBeginning(place, facts, listing))}`,
      uri: place,
      version,
      sizeBytes,
      modifiedAt: new Date(modifiedAt).toISOString(),
    };
  } catch (error) {
    return unreadable(error, place, listing);
  }
}

async function hashOfBeginning(place: string, { version, sizeBytes }: ObjectFacts, { storage, calls }: Listing): Promise<string> {
  const beginning = new Uint8Array(Math.min(sizeBytes, HASHED_BYTES));
  const hash = calls.environment.sha256();
  const reader = storageReader(storage, { place, uri: place, version, sizeBytes: beginning.length }, calls);
  try {
    await reader.read(beginning, 0);
  } finally {
    await reader.close();
  }
  hash.update(beginning);
  return hexadecimal(hash.digest());
}

/** What is there and cannot be looked at; null: it is not there. What is wrong with more than this one thing is thrown. */
async function unreadable(error: unknown, uri: string, { storage, calls }: Listing): Promise<UnreadableObject | null> {
  const data = errorData(error);
  if (data.code === 'OBJECT_NOT_FOUND') return null;
  // Whether the object is unavailable or the storage shows when the storage is asked for something else.
  if (data.code === 'SOURCE_UNAVAILABLE') await probeStorage(storage, calls);
  else if (!['replan', 'fix-access', 'fix-input'].includes(data.recovery.kind)) throw error;
  return { uri, error: data };
}

function nameIn({ root }: ObjectStorage, place: string): string {
  return decodedPath(place.slice(root.length));
}
