import type { ByteReader, CallContext, DecodeEvent, DecodeRequest, DelimitedReader, ReadRange } from '@calve/core/plugin';
import { windowReader } from '@calve/core/plugin';
import type { DecodeSettings } from './decode-records.ts';
import { RecordDecoding } from './decode-records.ts';

type ByteRange = Extract<ReadRange, { kind: 'bytes' }>;

/**
 * Decodes a part of a file. A quote that is still open at its end tells that the part ended inside a record; parts that begin where a record begins and
 * end where one ends give the records of the file.
 */
export async function* decodeRange(
  reader: ByteReader,
  plan: DelimitedReader,
  range: ByteRange,
  request: DecodeRequest,
  context: CallContext,
  settings: DecodeSettings,
): AsyncGenerator<DecodeEvent, void, undefined> {
  const { start, end } = range;
  const text = { reader: windowReader(reader, start, end), footerLines: () => 0 };
  const isFirst = start === 0;
  const part = isFirst ? plan : { ...plan, header: false, skipLines: 0 };
  const decoding = new RecordDecoding(text, part, request, context, isFirst ? settings : { ...settings, inside: range });
  let isOpen = false;
  for await (const event of decoding.events()) {
    if (event.kind === 'finding') isOpen ||= event.diagnostic.code === 'CSV_UNCLOSED_QUOTE';
    yield event;
  }
  const isCut = isOpen && end < reader.sizeBytes;
  yield isCut ? { kind: 'misaligned', at: end } : { kind: 'range-ended', lines: decoding.lines };
}
