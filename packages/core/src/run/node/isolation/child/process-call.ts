import type { ColumnBatch } from '../../../../columns/column-batch.ts';
import type { CallContext } from '../../../../context/call-context.ts';
import { limitedEnvironment } from '../../../../context/limited-environment.ts';
import { rebuildPortable } from '../../../../context/portable.ts';
import { CalveError } from '../../../../errors/calve-error.ts';
import type { DecodeEvent } from '../../../../format/decode-event.ts';
import type { Decoder } from '../../../../format/format.ts';
import type { ByteReader } from '../../../../source/byte-reader.ts';
import { nodeEnvironment } from '../../node-environment.ts';
import type { Answer, AtTheEnd, CallSettings, EventMessage, HostMessage, ProcessMessage } from '../decode-messages.ts';
import { sendableError } from '../sendable-error.ts';
import { compactBatch } from './compact-batch.ts';
import { blockReader, exactReader } from './host-reader.ts';
import { Needs } from './needs.ts';

type Decoding = Extract<HostMessage, { kind: 'decode' }>;

/** The half of a call that works in the decode process: asks the decoder what the host asks, and tells the host what the decoder needs. */
export class ProcessCall {
  readonly number: number;
  readonly #settings: CallSettings;
  readonly #send: (message: ProcessMessage) => void;
  readonly #needs: Needs;
  readonly #context: CallContext;
  readonly #reader: ByteReader;
  readonly #cancelling = new AbortController();
  /** Batches of which the host has not released its copy. */
  readonly #batches = new Map<number, ColumnBatch>();
  #sentBatches = 0;
  #decoder: Decoder | undefined;
  #decoding: Decoding | undefined;
  #events: AsyncIterator<DecodeEvent> | undefined;
  /** The questions so far, one after the other. */
  #answering: Promise<void> = Promise.resolve();
  #unanswered = 0;

  constructor(number: number, settings: CallSettings, send: (message: ProcessMessage) => void) {
    const { tenant, runId, limits, sizeBytes, readsAll } = settings;
    this.number = number;
    this.#settings = settings;
    this.#send = send;
    this.#needs = new Needs(number, send);
    this.#reader = readsAll && sizeBytes >= 0 ? blockReader(sizeBytes, this.#needs) : exactReader(sizeBytes, this.#needs);
    this.#context = {
      tenant,
      runId,
      limits,
      signal: this.#cancelling.signal,
      environment: limitedEnvironment(nodeEnvironment(), limits),
      resolveSecret: async ({ secret }) => {
        throw new CalveError(
          'CONFIGURATION_INVALID',
          `A decoder in a process of its own has no secrets; it asked for "${secret}".`,
          {
            recovery: 'fix-access',
          },
        );
      },
      reserve: (bytes) => this.#needs.reserve(bytes),
      report: (diagnostic) => send({ kind: 'report', call: number, diagnostic }),
    };
  }

  /** Takes what the host says of this call. */
  hear(message: HostMessage): void {
    switch (message.kind) {
      case 'open':
        this.#answer(() => this.#open());
        break;
      case 'observe':
        this.#answer(() => this.#observe(message.options, message.budgetBytes, message.name));
        break;
      case 'decode':
        this.#decoding = message;
        break;
      case 'next':
        this.#answer(() => this.#next());
        break;
      case 'return':
        // Whoever ends the iterator does not want the event that is being made.
        if (this.#unanswered > 0) this.#cancelling.abort();
        this.#answer(() => this.#return());
        break;
      case 'cancel':
        this.#cancelling.abort(CalveError.from(message.reason));
        break;
      case 'released':
        this.#batches.get(message.batch)?.release();
        this.#batches.delete(message.batch);
        break;
      default:
        this.#needs.hear(message);
    }
  }

  #answer(make: () => Promise<Answer>): void {
    this.#unanswered += 1;
    this.#answering = this.#answering.then(async () => {
      try {
        this.#send(await make());
      } catch (error) {
        this.#send({
          kind: 'failed',
          call: this.number,
          error: sendableError(error),
          isTyped: CalveError.is(error),
          ...this.#atTheEnd(),
        });
      } finally {
        this.#unanswered -= 1;
      }
    });
  }

  #opened(): Decoder {
    if (this.#decoder) return this.#decoder;
    throw new CalveError('INTERNAL', 'A decoder was asked before it was opened.');
  }

  async #open(): Promise<Answer> {
    this.#decoder = await rebuildPortable<Decoder>(this.#settings.description, this.#context, undefined);
    return { kind: 'opened', call: this.number };
  }

  async #observe(options: Parameters<Decoder['observe']>[1], budgetBytes: number, name?: string): Promise<Answer> {
    const observation = await this.#opened().observe(this.#reader, options, budgetBytes, this.#context, name);
    return { kind: 'observed', call: this.number, observation, ...this.#atTheEnd() };
  }

  async #next(): Promise<Answer> {
    this.#events ??= this.#begin();
    const result = await this.#events.next();
    if (result.done) return { kind: 'ended', call: this.number, ...this.#atTheEnd() };
    return { kind: 'event', call: this.number, event: this.#pack(result.value) };
  }

  #begin(): AsyncIterator<DecodeEvent> {
    if (!this.#decoding) throw new CalveError('INTERNAL', 'A decoder was asked for events before it was told what to decode.');
    const { plan, range, request } = this.#decoding;
    return this.#opened().decode(this.#reader, plan, range, request, this.#context)[Symbol.asyncIterator]();
  }

  async #return(): Promise<Answer> {
    await this.#events?.return?.();
    return { kind: 'ended', call: this.number, ...this.#atTheEnd() };
  }

  #atTheEnd(): AtTheEnd {
    return { isWorn: process.memoryUsage.rss() > this.#settings.limits.decodeMemoryBytes / 2 };
  }

  #pack(event: DecodeEvent): EventMessage {
    if (event.kind !== 'batch') return event;
    const { fields, columns, rows, byteOffsets, firstRecordInRange, records } = event.batch;
    this.#sentBatches += 1;
    this.#batches.set(this.#sentBatches, event.batch);
    // Sending copies, so the batch itself need not be copied for it.
    const parts = compactBatch({
      fields,
      columns,
      rows,
      firstRecordInRange,
      ...(byteOffsets ? { byteOffsets } : {}),
      ...(records ? { records } : {}),
    });
    return { kind: 'batch', number: this.#sentBatches, parts };
  }
}
