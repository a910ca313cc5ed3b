/** The file that pages are written to, one after the other. */
export interface PageSink {
  /** Bytes of the file so far. */
  readonly offset: number;
  /** Takes a copy of the bytes. */
  append(bytes: Uint8Array): void;
  /** Hands over what has been collected, if that is much. Called after each page. */
  relieve(): Promise<void> | undefined;
}

/**
 * What a page holds, for codecs that can make something of it: numbers of floating point, integers, integers of 8 bytes of which only the lowest three are
 * in use, texts, the entries of a dictionary, the numbers of its entries, or anything else.
 */
export type PageContent = 'floating' | 'integers' | 'small-integers' | 'texts' | 'entries' | 'indexes' | 'others';

/**
 * Compresses the body of a page. The result may be the input, and holds until the next call.
 *
 * @param content By default `others`.
 * @param isFirst False: it follows a page of the same column chunk and content, and is compressed as that was. By default true.
 */
export type Compress = (page: Uint8Array, content?: PageContent, isFirst?: boolean) => Uint8Array;
