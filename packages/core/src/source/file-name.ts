/** The last part of a URI or path, percent escapes decoded: what people call the file. */
export function fileName(uri: string): string {
  return decodedPath(uri.slice(uri.lastIndexOf('/') + 1) || uri);
}

/** URIs of local files in a sentence: what may stand behind one is escaped inside of it, but for the comma and the bracket. */
export const FILE_URI = /file:\/\/\/[^\s"<>`]*[^\s"<>`.,:;)]/g;

/** A part of a URI with its percent escapes decoded; as it is when they are broken. */
export function decodedPath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** A relative path as part of a URL, its slashes kept: the opposite of `decodedPath`. A lone surrogate, which no URL can hold, becomes U+FFFD. */
export function encodedPath(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
