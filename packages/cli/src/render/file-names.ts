import { pathToFileURL } from 'node:url';
import { visibleText } from '@calve/core/node';
import { decodedPath } from '@calve/core/plugin';

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
 * @param landing Absolute path of the folder; null: whole paths only.
 */
export function fileNames(landing: string | null): FileNames {
  const folder = landing === null ? null : `${pathToFileURL(landing).href.replace(/\/$/, '')}/`;
  const nameOf = (uri: string): string =>
    decodedPath(folder !== null && uri.startsWith(folder) ? uri.slice(folder.length) : uri.replace(/^file:\/\/(?=\/)/, ''));
  return {
    // The key of a file is its URI, then `#` and its version; in a URI a `#` of the name is escaped.
    of: (uriOrKey) => nameOf(uriOrKey.split('#', 1)[0] as string),
    // What may stand behind a URI in a sentence is escaped in a URI, but for the comma and the bracket.
    inText: (text) =>
      text.replace(/file:\/\/\/[^\s"<>`]*[^\s"<>`.,:;)]/g, (uri) =>
        // A line end in a name must not begin a line of the text.
        folder !== null && uri.startsWith(folder) ? visibleText(nameOf(uri)) : uri,
      ),
  };
}
