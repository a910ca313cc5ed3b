import type { ExternalAccess } from '../context/plugin.ts';

/**
 * The little that differs from one remote storage to the next: a bucket, a web server, a table of files. `connectStorage` makes a source
 * session of it that keeps the contract: patterns, order, pages, retries, versions, errors.
 *
 * Every call but `close` may be repeated and may run beside others. Failures come out as they are; `storageError` tells what becomes of them.
 */
export interface ObjectStorage {
  /** Address of everything: a normal URL with a slash at its end and no credentials. All places begin with it. */
  readonly root: string;
  readonly externalAccess: ExternalAccess;
  /**
   * What lies in a folder, in any order. A place with a slash at its end is a folder, which is listed by itself if the pattern can match
   * inside. A storage without folders gives all objects below, at any depth. Ends normally only when the listing is complete.
   *
   * @param folder The root, or a folder that an earlier listing gave.
   * @throws {CalveError} `OBJECT_NOT_FOUND`: there is no such folder.
   */
  list(folder: string, signal: AbortSignal): AsyncIterable<ListedObject>;
  /** What is known now of an object. @throws {CalveError} `OBJECT_NOT_FOUND`. */
  describe(place: string, signal: AbortSignal): Promise<ObjectFacts>;
  /** Its content from `start` on. It is no error to answer with more, or with another version than the one asked for. */
  read(range: ObjectRange, signal: AbortSignal): Promise<ObjectBytes>;
  /** Called once, after everything else. Default: there is nothing to close. */
  close?(): Promise<void>;
}

/** An object or, with a slash at its end, a folder. */
export interface ListedObject {
  /** A normal URL: percent-encoded (`encodedPath`), without query and fragment. */
  place: string;
  /** Absent: `describe` is asked for each object that the pattern does not leave out. */
  facts?: ObjectFacts;
}

/** One version of an object. */
export interface ObjectFacts {
  /** Another one after each write: a version id, an ETag, or time and size together. */
  version: string;
  sizeBytes: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
  /** Of the whole content, where the storage knows one without reading: equal contents have equal ones. Absent: the beginning is read. */
  checksum?: string;
}

/** Bytes from `start` up to, but not, `end`; never none. */
export interface ObjectRange {
  place: string;
  version: string;
  start: number;
  end: number;
}

/** An answer with content. */
export interface ObjectBytes {
  /** Of the object that these bytes are of, as the answer itself says. */
  version: string;
  /** Offset of the first byte: less than what was asked for when the storage has no ranges, and gives the object from its beginning. */
  start: number;
  /** Left early, everything is given back. */
  chunks: AsyncIterable<Uint8Array>;
}
