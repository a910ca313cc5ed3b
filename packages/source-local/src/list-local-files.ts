import { type BigIntStats, lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import {
  CalveError,
  compileGlob,
  type Environment,
  errorData,
  ignoredName,
  type ListPage,
  type ListRequest,
  maskIgnored,
  type NotedPage,
  nearestNames,
  type ObjectUnit,
  type SkippedObject,
  throwIfAborted,
  type UnreadableObject,
} from '@calve/core/plugin';
import { ageText } from './age-text.ts';
import { assertIsFile, type FileIdentity, identifyFile, identifyFileNow, modifiedAtOf, unitOf } from './file-identity.ts';
import { FileNotes } from './file-notes.ts';
import { fileUri } from './file-uri.ts';
import { type ListCursor, parseCursor } from './list-cursor.ts';
import { ListingPace } from './listing-pace.ts';
import type { LocalOptions } from './local-source-options.ts';
import { isAboutOneFile, mapFileError } from './map-file-error.ts';
import type { ResolvedLocation } from './resolve-location.ts';
import { type WalkedEntry, walkFolder } from './walk-folder.ts';

/** Units and skipped entries of one page together: what is made for each of them while the page is, is much. */
const PAGE_ENTRIES = 500;

/**
 * Lists the files of a folder in pages, ordered by place. Memory: one page, and the names of one folder per level.
 *
 * A file that disappears between being seen and being looked at is not listed: it is not there. A file or folder that may not or cannot be
 * read is `unreadable`, and the listing goes on.
 *
 * @throws {CalveError} `SOURCE_NOT_FOUND`, `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`, `CANCELLED`; `OPTIONS_INVALID` for a cursor that is not
 *   ours.
 */
export async function* listLocalFiles(
  location: ResolvedLocation,
  options: LocalOptions,
  request: ListRequest,
  environment: Environment,
): AsyncGenerator<ListPage> {
  const notes = await FileNotes.of(location.directory, request.notes);
  const selection = new Selection(location, options, request, environment, notes);
  const state = parseCursor(request.cursor);
  let entries: WalkedEntry[] = [];
  for await (const entry of walkFolder(location.directory, {
    after: state.after,
    enters: (folder) => selection.enters(folder),
  })) {
    throwIfAborted(request.signal);
    if (location.file !== undefined && entry.path !== location.file) continue;
    entries.push(entry);
    if (entries.length < PAGE_ENTRIES) continue;
    const until = entry.kind === 'folder' ? `${entry.encoded}/` : entry.encoded;
    const page = await selection.page(entries, state, until);
    state.after = until;
    yield { ...page, cursor: JSON.stringify(state) };
    entries = [];
  }
  throwIfAborted(request.signal);
  const page = await selection.page(entries, state, null);
  const { excludedByPattern, nearest } = state;
  yield { ...page, searched: { root: location.directory, nearest, excludedByPattern } };
}

/** What becomes of an entry; null: it is gone. */
type Outcome = ObjectUnit | SkippedObject | UnreadableObject | null;

/** Decides what becomes of each entry. */
class Selection {
  readonly #location: ResolvedLocation;
  readonly #options: LocalOptions;
  readonly #request: ListRequest;
  readonly #environment: Environment;
  readonly #rootUri: string;
  readonly #glob: ReturnType<typeof compileGlob>;
  /** Matches what the pattern asks for by name, hidden or not. */
  readonly #named: ReturnType<typeof compileGlob>;
  readonly #pace: ListingPace;
  readonly #notes: FileNotes | null;

  constructor(
    location: ResolvedLocation,
    options: LocalOptions,
    request: ListRequest,
    environment: Environment,
    notes: FileNotes | null,
  ) {
    this.#location = location;
    this.#options = options;
    this.#request = request;
    this.#environment = environment;
    this.#rootUri = fileUri(location.directory).replace(/\/$/, '');
    this.#glob = compileGlob(options.pattern);
    this.#named = compileGlob(options.pattern, maskIgnored);
    this.#pace = new ListingPace(environment);
    this.#notes = notes;
  }

  enters(folder: WalkedEntry): boolean {
    return this.#location.file === undefined && this.#whyNotEntered(folder) === null;
  }

  /** Looks at the entries of a page; what the pattern left out is counted in `state`. @param until Where it ends; null: it is the last one. */
  async page(entries: readonly WalkedEntry[], state: ListCursor, until: string | null): Promise<ListPage> {
    const page: ListPage & { unreadable: UnreadableObject[] } = { units: [], skipped: [], unreadable: [] };
    const excluded: string[] = [];
    throwIfAborted(this.#request.signal);
    await this.#notes?.recall(this.#notedPage(entries, state.after, until));
    const outcomes = await this.#pace.all(
      entries,
      (entry) => this.#look(entry),
      (entry) => this.#lookNow(entry),
      this.#request.signal,
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === null) continue;
      if ('error' in outcome) page.unreadable.push(outcome);
      else if (!('reason' in outcome)) page.units.push(outcome);
      else {
        page.skipped.push(outcome);
        if (outcome.kind === 'pattern') excluded.push(entries[index]!.path);
      }
    }
    state.excludedByPattern += excluded.length;
    state.nearest = nearestNames(this.#options.pattern, [...state.nearest, ...excluded], { hasWildcards: true });
    return page;
  }

  #notedPage(entries: readonly WalkedEntry[], after: string, until: string | null): NotedPage {
    const root = this.#rootUri;
    const places = entries.map(({ encoded }) => `${root}/${encoded}`);
    // One file that is asked for says nothing of those around it.
    if (this.#location.file !== undefined) return { places, from: places[0] ?? '', until: places[0] ?? '' };
    // Everything in the folder begins with its name and a slash, which is followed by 0.
    return { places, from: `${root}/${after}`, until: until === null ? `${root}0` : `${root}/${until}` };
  }

  async #look(entry: WalkedEntry): Promise<Outcome> {
    const uri = `${this.#rootUri}/${entry.encoded}`;
    const untouched = this.#byName(entry, uri);
    if (untouched) return untouched;
    try {
      const stamp = this.#isStampAsked ? await lstat(entry.absolute, { bigint: true }) : null;
      const told = this.#byStamp(stamp, entry, uri);
      if (told) return told;
      const readAt = this.#environment.now();
      return this.#noted(uri, await identifyFile(entry.absolute, this.#environment), readAt);
    } catch (error) {
      return this.#failed(error, entry, uri);
    }
  }

  /** As `#look`, without waiting. */
  #lookNow(entry: WalkedEntry): Outcome {
    const uri = `${this.#rootUri}/${entry.encoded}`;
    const untouched = this.#byName(entry, uri);
    if (untouched) return untouched;
    try {
      const stamp = this.#isStampAsked ? lstatSync(entry.absolute, { bigint: true }) : null;
      const told = this.#byStamp(stamp, entry, uri);
      if (told) return told;
      const readAt = this.#environment.now();
      return this.#noted(uri, identifyFileNow(entry.absolute, this.#environment), readAt);
    } catch (error) {
      return this.#failed(error, entry, uri);
    }
  }

  /** What can be said of an entry without touching it; null: it is a file that is asked for. */
  #byName(entry: WalkedEntry, uri: string): SkippedObject | UnreadableObject | null {
    const skip = (kind: string, reason: string): SkippedObject => ({ uri, kind, reason });
    const { path } = entry;
    if (entry.isUnnameable)
      return skip('name', `The name "${path}" is not valid UTF-8, so the file cannot be opened; rename it.`);
    if (entry.kind === 'link') return skip('symlink', `"${path}" is a symbolic link; links are not followed.`);
    if (entry.kind === 'other') return skip('special', `"${path}" is neither a file nor a folder.`);
    if (entry.problem) return { uri: `${uri}/`, error: errorData(unreadableFolder(entry.problem)) };
    if (entry.kind === 'folder') return { uri, ...this.#whyNotEntered(entry)! };
    const ignored = this.#isAskedForByName(path) ? null : ignoredName(path);
    if (ignored) return { uri, ...ignored };
    if (!this.#glob.matches(path)) return skip('pattern', `"${path}" does not fit the pattern ${this.#options.pattern}.`);
    return null;
  }

  #failed(error: unknown, { absolute, path }: WalkedEntry, uri: string): Outcome {
    const mapped = mapFileError(error, absolute, 'open');
    if (mapped.code === 'OBJECT_NOT_FOUND') return null;
    if (mapped.code === 'OBJECT_CHANGED')
      return { uri, kind: 'symlink', reason: `"${path}" became a link, or no file at all, while it was listed.` };
    if (isAboutOneFile(mapped)) return { uri, error: errorData(mapped) };
    throw mapFileError(error, absolute, 'list');
  }

  /** A path that names one file asks for that file. */
  #isAskedForByName(path: string): boolean {
    return this.#location.file === path || this.#named.matches(path);
  }

  #whyNotEntered(folder: WalkedEntry): { kind: string; reason: string } | null {
    const { path } = folder;
    // Asked as a folder: some marker names are markers only as files.
    const ignored = ignoredName(`${path}/x`);
    if (ignored && !this.#named.canMatchInside(path)) return ignored;
    if (!this.#options.recursive)
      return { kind: 'directory', reason: `"${path}" is a folder, and the option recursive is false.` };
    if (!this.#glob.canMatchInside(path)) {
      return { kind: 'directory', reason: `Nothing in the folder "${path}" can fit the pattern ${this.#options.pattern}.` };
    }
    return null;
  }

  /** Only then it is looked how a file looks from outside before it is opened. */
  get #isStampAsked(): boolean {
    const { modifiedSince, settledBefore } = this.#request;
    return modifiedSince !== undefined || settledBefore !== undefined || this.#notes !== null;
  }

  /** What a file is, or why it is not taken now, as far as it tells from outside; null: it has to be read. */
  #byStamp(stamp: BigIntStats | null, { absolute }: WalkedEntry, uri: string): ObjectUnit | SkippedObject | null {
    if (stamp === null) return null;
    const untimely = this.#whyNotNow(uri, stamp);
    if (untimely) return untimely;
    const identity = this.#notes?.identityOf(uri, stamp);
    if (!identity) return null;
    assertIsFile(stamp, absolute);
    return unitOf(identity, uri);
  }

  #noted(uri: string, identity: FileIdentity, readAt: number): ObjectUnit {
    const unit = unitOf(identity, uri);
    this.#notes?.keep(unit.place, identity, readAt);
    return unit;
  }

  #whyNotNow(uri: string, { mtimeNs }: { mtimeNs: bigint }): SkippedObject | null {
    const { modifiedSince, settledBefore } = this.#request;
    const modified = Number(mtimeNs) / 1e6;
    if (modifiedSince !== undefined && modified < Date.parse(modifiedSince)) {
      return { uri, kind: 'too-old', reason: `Modified at ${modifiedAtOf(mtimeNs)}, before ${modifiedSince}.` };
    }
    if (settledBefore !== undefined && modified > settledBefore) {
      return { uri, kind: 'settling', reason: `${ageText(modified, this.#environment.now())}; it may still be written.` };
    }
    return null;
  }
}

/** Nobody knows what it holds, so it is not left out without a word. */
function unreadableFolder(problem: CalveError): CalveError {
  const { code, message, recovery, context, cause } = problem;
  return new CalveError(
    code,
    `The folder ${message} None of its files is known; a pattern that does not reach into it leaves it out.`,
    { recovery, context, cause },
  );
}
