import type { ByteReader, CallContext, DelimitedReader } from '@calve/core/plugin';
import { keepOpen } from '@calve/core/plugin';
import type { EncodedPlaces } from './encoding/encoded-places.ts';
import type { FooterCut } from './footer-cut.ts';

/** What stands between the stored bytes and the text that is tokenized. */
export type TextLayers = Pick<DelimitedReader, 'compression' | 'encoding' | 'skipFooterLines'>;

/** The text of a file, in UTF-8 and without its footer. */
export interface TextContent {
  /** Forward only, unless the text is the stored bytes themselves. */
  reader: ByteReader;
  /** Finds places of the text in the content. Absent: the text is the content, byte for byte. */
  places?: EncodedPlaces;
  /** Lines at the end that were left out, as far as they were met. */
  footerLines(): number;
}

/** Text that has to be closed, which leaves the stored bytes open. */
export interface OpenText extends TextContent {
  close(): Promise<void>;
}

/** True when the stored bytes are the text, so that any place of it can be read. */
export function isPlainText({ compression, encoding, skipFooterLines }: TextLayers): boolean {
  return compression === null && encoding === 'utf-8' && skipFooterLines === 0;
}

/**
 * Decompresses, turns into UTF-8 and cuts the footer off, each only where it is asked for.
 *
 * @param stored Stays open.
 * @throws {CalveError} `CSV_ENCODING_UNSUPPORTED` (fix-input): the platform cannot read the encoding.
 */
export async function openText(stored: ByteReader, layers: TextLayers, context: CallContext): Promise<OpenText> {
  const { compression, encoding, skipFooterLines } = layers;
  // Loaded only where it is needed: a page that plans UTF-8 files does without.
  const transcoding = encoding === 'utf-8' ? null : (await import('./encoding/transcoding-reader.ts')).transcodingOf(encoding);
  const content = compression === null ? stored : await context.environment.decompress(compression, keepOpen(stored));
  let reader = content;
  if (transcoding) reader = transcoding.over(reader);
  let footer: FooterCut | null = null;
  if (skipFooterLines > 0) {
    footer = new (await import('./footer-cut.ts')).FooterCut(reader, skipFooterLines, context.limits);
    reader = footer;
  }
  return {
    reader,
    ...(transcoding ? { places: transcoding.places } : {}),
    footerLines: () => footer?.cutLines ?? 0,
    close: async () => {
      if (content !== stored) await content.close();
    },
  };
}
