import { pathToFileURL } from 'node:url';
import { visibleText } from '@calve/core/node';
import { decodedPath, FILE_URI } from '@calve/core/plugin';

/** How files are called on the screen. */
export interface FileNames {
  /** The name of one file, from its URI or its key. */
  of(uriOrKey: string): string;
  /** A text with the URIs in it written as names. */
  inText(text: string): string;
}

/**
 * Files below the landing folder are called by their path there, others by their whole path.
 *
 * @param landing Absolute path of the folder, or of the only file; null: whole paths only.
 */
export function fileNames(landing: string | null): FileNames {
  const place = landing === null ? null : pathToFileURL(landing).href.replace(/\/$/, '');
  /** What the name of a file begins behind; 0: it is not below the landing folder. */
  const startIn = (uri: string): number => {
    if (place === null || !uri.startsWith(place)) return 0;
    if (uri.length === place.length) return place.lastIndexOf('/') + 1;
    return uri[place.length] === '/' ? place.length + 1 : 0;
  };
  const nameOf = (uri: string): string =>
    decodedPath(startIn(uri) > 0 ? uri.slice(startIn(uri)) : uri.replace(/^file:\/\/(?=\/)/, ''));
  return {
    // The key of a file is its URI, then `#` and its version; in a URI a `#` of the name is escaped.
    of: (uriOrKey) => nameOf(uriOrKey.split('#', 1)[0] as string),
    inText: (text) =>
      text.replace(FILE_URI, (uri) =>
        // A line end in a name must not begin a line of the text.
        startIn(uri) > 0 ? visibleText(nameOf(uri)) : uri,
      ),
  };
}
