import type {
  ByteReader,
  CallContext,
  DecodeEvent,
  DecodeRequest,
  Decoder,
  Json,
  ReaderPlan,
  ReadRange,
} from '@calve/core/plugin';
import { CalveError, keepOpen, projectionKernels, windowReader } from '@calve/core/plugin';
import { RecordDecoding } from './decode-records.ts';
import type { JsonOptions } from './json-format-options.ts';
import { jsonKernels } from './json-kernels.ts';
import { observeJson } from './observe-json.ts';
import { splitJson } from './split-json.ts';

/** One chunk is about one batch. Its columns are read one after the other, which is faster while the chunk stays in the caches of a core. */
const CHUNK_BYTES = 512 * 1024;

/** Who only plans needs no compiled code for smaller files, and a page need not load it. */
const LARGE_BYTES = 256 * 1024;

/**
 * The half of the JSON format that works in any thread: `JsonReader` in, columns with text at every leaf out. Records that are not standard
 * JSON, or not of the structure that the plan says, are rejected records; a batch never spans one.
 *
 * @param config `{ chunkBytes? }`: bytes of content held at once, at least 16, 512 KiB by default; a longer record takes what it needs.
 */
export async function jsonDecoder(config: Json, _context: CallContext, _ports: undefined): Promise<Decoder> {
  const { chunkBytes = CHUNK_BYTES } = (config ?? {}) as { chunkBytes?: number };
  return {
    // Valid by the plugin's own schema: core validates before it hands options over.
    observe: async (reader, options, budgetBytes, context, name) => {
      if (reader.sizeBytes < 0 || reader.sizeBytes >= LARGE_BYTES) {
        await jsonKernels.open();
        await projectionKernels.open();
      }
      return observeJson(reader, options as unknown as JsonOptions, budgetBytes, context, name);
    },
    decode: (reader, plan, range, request, context) => decode(reader, plan, range, request, context, chunkBytes),
  };
}

async function* decode(
  reader: ByteReader,
  plan: ReaderPlan,
  range: ReadRange,
  request: DecodeRequest,
  context: CallContext,
  chunkBytes: number,
): AsyncGenerator<DecodeEvent, void, undefined> {
  const isKnown = range.kind === 'whole' || (range.kind === 'bytes' && splitJson(plan).kind === 'records');
  if (plan.kind !== 'json' || !isKnown) {
    throw new CalveError(
      'CONTRACT_UNSUPPORTED',
      'The JSON decoder reads units of JSON as a whole, those with a record per line also cut between lines; it was given something else.',
      { recovery: 'report', context: { plan: { kind: plan.kind }, range: { kind: range.kind } } },
    );
  }
  await jsonKernels.open();
  if (range.kind === 'bytes') {
    const part = windowReader(reader, range.start, range.end);
    const decoding = new RecordDecoding(part, plan, request, context, { chunkBytes, start: range.start });
    yield* decoding.events();
    yield { kind: 'range-ended', lines: decoding.lines };
    return;
  }
  const { compression } = plan;
  const content = compression ? await context.environment.decompress(compression, keepOpen(reader)) : reader;
  try {
    yield* new RecordDecoding(content, plan, request, context, { chunkBytes }).events();
  } finally {
    if (content !== reader) await content.close();
  }
}
