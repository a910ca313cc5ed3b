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
import { CalveError, projectionKernels } from '@calve/core/plugin';
import { factsFromJson } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { csvKernels } from './csv-kernels.ts';
import { decodeRange } from './decode-range.ts';
import type { DecodeSettings } from './decode-records.ts';
import { RecordDecoding } from './decode-records.ts';
import { canGather, GatheredRecords } from './gather-records.ts';
import { isReadLike } from './is-read-like.ts';
import { observeCsv } from './observe-csv.ts';
import { openText } from './open-text.ts';
import { splitCsv } from './split-csv.ts';
import { untilUnseen } from './until-unseen.ts';

/** One chunk is about one batch, which says how large it may be; beyond this larger ones gain nothing and stay in memory longer. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/** Who only plans needs no compiled code for less, and a page need not load it. */
const LARGE_BYTES = 256 * 1024;

/** How the decoder works; what it reads does not depend on it. */
interface DecoderConfig {
  /** Bytes of content held at once, at least 16; a longer record takes what it needs. Default: what a batch may be of, up to 2 MiB. */
  chunkBytes?: number;
  /** Reads every record with the tokenizer: slower, and what tests compare the scanner with. */
  withoutScanner?: boolean;
}

/**
 * The half of the CSV format that works in any thread: `DelimitedReader` in, text columns out. Records with another number of cells
 * than the plan has columns are rejected records; a batch never spans one.
 *
 * @param config A `DecoderConfig`.
 */
export async function csvDecoder(config: Json, _context: CallContext, _ports: undefined): Promise<Decoder> {
  const { chunkBytes = CHUNK_BYTES, withoutScanner = false } = (config ?? {}) as DecoderConfig;
  const settings: DecodeSettings = { chunkBytes, withoutScanner };
  let observedBytes = 0;
  return {
    // Valid by the plugin's own schema: core validates before it hands options over.
    observe: async (reader, options, budgetBytes, context, _name, given) => {
      observedBytes += reader.sizeBytes < 0 ? LARGE_BYTES : reader.sizeBytes;
      if (observedBytes >= LARGE_BYTES) {
        await csvKernels.open();
        await projectionKernels.open();
      }
      return observeCsv(reader, options as unknown as CsvOptions, budgetBytes, context, given);
    },
    isReadLike: (reader, options, { facts }) => isReadLike(reader, options as unknown as CsvOptions, factsFromJson(facts)),
    gather: async (plan, request, context) => {
      if (withoutScanner || plan.kind !== 'delimited' || !canGather(plan)) return null;
      await csvKernels.open();
      return new GatheredRecords(plan, request, context, chunkBytes);
    },
    decode: (reader, plan, range, request, context) => {
      const events = decode(reader, plan, range, request, context, settings);
      return plan.kind === 'delimited' && plan.isPartial ? untilUnseen(events) : events;
    },
  };
}

async function* decode(
  reader: ByteReader,
  plan: ReaderPlan,
  range: ReadRange,
  request: DecodeRequest,
  context: CallContext,
  settings: DecodeSettings,
): AsyncGenerator<DecodeEvent, void, undefined> {
  const isKnown = range.kind === 'whole' || (range.kind === 'bytes' && splitCsv(plan).kind === 'records');
  if (plan.kind !== 'delimited' || !plan.multiLine || !isKnown) {
    throw new CalveError(
      'CONTRACT_UNSUPPORTED',
      'The CSV decoder reads units of delimited text in multi-line mode, as a whole or cut between records; it was given something else.',
      { recovery: 'report', context: { plan: { kind: plan.kind }, range: { kind: range.kind } } },
    );
  }
  await csvKernels.open();
  if (range.kind === 'bytes') {
    yield* decodeRange(reader, plan, range, request, context, settings);
    return;
  }
  const text = await openText(reader, plan, context);
  try {
    yield* new RecordDecoding(text, plan, request, context, settings).events();
  } finally {
    await text.close();
  }
}
