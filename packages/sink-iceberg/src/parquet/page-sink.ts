/** The file that pages are written to, one after the other. */
export interface PageSink {
  /** Bytes of the file so far. */
  readonly offset: number;
  /** Takes a copy of the bytes. */
  append(bytes: Uint8Array): void;
  /** Hands over what has been collected, if that is much. Called after each page. */
  relieve(): Promise<void> | undefined;
}

/** What a page holds, for codecs that can make something of it: values of floating point without a dictionary, or anything else. */
export type PageContent = 'floating' | 'any';

/** Compresses the body of a page. The result may be the input, and holds until the next call. */
export type Compress = (input: Uint8Array, content?: PageContent) => Uint8Array;
