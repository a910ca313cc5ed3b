/** The last part of a URI or path, percent escapes decoded: what people call the file. */
export function fileName(uri: string): string {
  return decodedPath(uri.slice(uri.lastIndexOf('/') + 1) || uri);
}

/** A part of a URI with its percent escapes decoded; as it is when they are broken. */
export function decodedPath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
