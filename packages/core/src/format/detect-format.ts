import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import { keepOpen } from '../source/keep-open.ts';
import { readUpTo } from '../source/read-up-to.ts';
import { compressionOf } from './compression-of.ts';
import { describeBytes } from './describe-bytes.ts';
import type { FormatPlugin, Guess, Sample } from './format.ts';

const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 64 * 1024;

/** The format that was found, with its options validated. */
export interface DetectedFormat {
  name: string;
  options: unknown;
  findings: Diagnostic[];
}

/**
 * Asks every registered format what it makes of a file.
 *
 * @param uri For its name: endings are a hint, content decides.
 * @param told What the user says of the options of a format, by its key: it wins over what is guessed.
 * @throws {CalveError} `FORMAT_UNKNOWN` when no format recognises it, `FORMAT_AMBIGUOUS` when two do so equally well: fix-input.
 */
export async function detectFormat(
  formats: Readonly<Record<string, FormatPlugin<unknown, unknown>>>,
  uri: string,
  reader: ByteReader,
  told: (name: string) => Readonly<Record<string, Json>>,
  context: CallContext,
): Promise<DetectedFormat> {
  const sample = await takeSample(uri, reader, context);
  const guesses: { name: string; format: FormatPlugin<unknown, unknown>; guess: Guess }[] = [];
  for (const [name, format] of Object.entries(formats)) {
    const guess = format.sniff(sample);
    if (guess) guesses.push({ name, format, guess });
  }
  guesses.sort((a, b) => b.guess.score - a.guess.score);
  const [best, second] = guesses;
  if (!best) throw unknownFormat(uri, Object.keys(formats), sample);
  if (second && second.guess.score === best.guess.score) {
    throw new CalveError(
      'FORMAT_AMBIGUOUS',
      `${uri} could be ${best.name} as well as ${second.name}; name the format in the spec.`,
      {
        recovery: 'fix-input',
        context: { uri, formats: [best.name, second.name] },
      },
    );
  }
  const validated = await best.format.options['~standard'].validate({
    ...(best.guess.options as Record<string, Json>),
    ...told(best.name),
  });
  if (validated.issues) {
    throw new CalveError(
      'OPTIONS_INVALID',
      `Format "${best.name}" guessed options that it does not accept: ${validated.issues.map(({ message }) => message).join('; ')}.`,
    );
  }
  const because = best.guess.because.join('; ');
  return {
    name: best.name,
    options: validated.value,
    findings: because === '' ? [] : [{ code: 'FORMAT_DETECTED', severity: 'info', message: `read as ${best.name}: ${because}.` }],
  };
}

/** A format gives no reason when a file is not its own, so the reason is taken from the bytes. */
function unknownFormat(uri: string, formats: string[], { head, isInflated }: InspectedSample): CalveError {
  const unknown = `in no format that is registered (${formats.join(', ')})`;
  const described = describeBytes(head);
  const subject = isInflated ? `${uri}, decompressed,` : uri;
  return new CalveError(
    'FORMAT_UNKNOWN',
    described
      ? `${subject} ${described.says}: it is ${unknown}. ${described.advice}`
      : `${uri} is ${unknown}; name the format in the spec or leave the file out.`,
    { recovery: 'fix-input', context: { uri, formats, ...(described ? { content: described.name || described.kind } : {}) } },
  );
}

/** A sample, and whether it was decompressed. */
interface InspectedSample extends Sample {
  isInflated: boolean;
}

async function takeSample(uri: string, reader: ByteReader, context: CallContext): Promise<InspectedSample> {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  const head = await readUpTo(reader, HEAD_BYTES);
  const compression = compressionOf(head);
  if (compression !== null) {
    const content = await context.environment.decompress(compression, keepOpen(reader), 'head');
    try {
      const inflated = await readUpTo(content, HEAD_BYTES);
      return { name, head: inflated, tail: new Uint8Array(0), complete: inflated.length < HEAD_BYTES, isInflated: true };
    } finally {
      await content.close();
    }
  }
  if (head.length < HEAD_BYTES || reader.sizeBytes === HEAD_BYTES) {
    return { name, head, tail: head, complete: true, isInflated: false };
  }
  if (reader.sizeBytes < 0) return { name, head, tail: new Uint8Array(0), complete: false, isInflated: false };
  return {
    name,
    head,
    tail: await readUpTo(reader, TAIL_BYTES, Math.max(HEAD_BYTES, reader.sizeBytes - TAIL_BYTES)),
    complete: false,
    isInflated: false,
  };
}
