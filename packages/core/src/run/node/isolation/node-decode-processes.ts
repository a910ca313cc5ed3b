import type { CallContext } from '../../../context/call-context.ts';
import type { InputLimits } from '../../../context/input-limits.ts';
import type { PortableDescription } from '../../../context/portable.ts';
import type { DecodeProcesses } from '../../../env/decode-processes.ts';
import { CalveError, throwIfAborted } from '../../../errors/calve-error.ts';
import type { Decoder } from '../../../format/format.ts';
import type { ByteReader } from '../../../source/byte-reader.ts';
import { DecodeCall } from './decode-call.ts';
import type { DecodeProcess } from './decode-process.ts';
import { ProcessPool } from './process-pool.ts';
import { decodeProcessEntry, decodeProcessFlags, decodeProcessVariables } from './process-start.ts';

/** Node with a decoder takes 80 MiB before it reads anything, and twice that before V8 gives the memory of read chunks back. */
const LEAST_MEMORY_BYTES = 256 * 2 ** 20;

/**
 * Decode processes of Node: children of this process that end with it.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): what they run is not there, or they would have too little memory to run.
 */
export function nodeDecodeProcesses(limits: Readonly<InputLimits>): DecodeProcesses {
  const memoryBytes = limits.decodeMemoryBytes;
  if (memoryBytes < LEAST_MEMORY_BYTES) {
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `limits.decodeMemoryBytes is ${memoryBytes}; a decode process (isolation: 'process') needs ${LEAST_MEMORY_BYTES} (256 MiB) to work with ordinary files.`,
      { recovery: 'fix-input' },
    );
  }
  const pool = new ProcessPool({
    entry: decodeProcessEntry(import.meta.url),
    flags: decodeProcessFlags(process.execArgv, process.env['NODE_OPTIONS'], memoryBytes),
    variables: decodeProcessVariables(process.env),
    memoryBytes,
  });
  return { decoder: (description) => new IsolatedDecoder(description, pool, limits), close: () => pool.close() };
}

interface OpenedCall {
  call: DecodeCall;
  process: DecodeProcess;
}

let calls = 0;

/** A decoder that works in a process taken from the pool for each of its calls. */
class IsolatedDecoder implements Decoder {
  readonly #description: PortableDescription;
  readonly #pool: ProcessPool;
  readonly #limits: Readonly<InputLimits>;

  constructor(description: PortableDescription, pool: ProcessPool, limits: Readonly<InputLimits>) {
    this.#description = description;
    this.#pool = pool;
    this.#limits = limits;
  }

  async observe(
    ...[reader, options, budgetBytes, context, name]: Parameters<Decoder['observe']>
  ): ReturnType<Decoder['observe']> {
    const opened = await this.#open(reader, budgetBytes >= reader.sizeBytes, context);
    try {
      return await opened.call.observe(options, budgetBytes, name);
    } finally {
      await this.#close(opened);
    }
  }

  async *decode(...[reader, plan, range, request, context]: Parameters<Decoder['decode']>): ReturnType<Decoder['decode']> {
    const opened = await this.#open(reader, range.kind === 'whole' && request.limit === undefined, context);
    try {
      yield* opened.call.events(plan, range, request);
    } finally {
      await this.#close(opened);
    }
  }

  async #open(reader: ByteReader, readsAll: boolean, context: CallContext): Promise<OpenedCall> {
    for (;;) {
      throwIfAborted(context.signal);
      const { process, isUsed } = this.#pool.take(context.tenant);
      calls += 1;
      const call = new DecodeCall(calls, process, reader, context, this.#limits);
      const { tenant, runId, limits } = context;
      try {
        await call.open({ description: this.#description, tenant, runId, limits, sizeBytes: reader.sizeBytes, readsAll });
        return { call, process };
      } catch (error) {
        await this.#close({ call, process });
        // An idle process may have been ended by others, which is no reason to fail.
        if (!isUsed || !CalveError.is(error) || error.code !== 'CONFIGURATION_INVALID' || process.isAlive) throw error;
      }
    }
  }

  /** The process goes back when it is as it was, and is ended otherwise. */
  async #close({ call, process }: OpenedCall): Promise<void> {
    if (await call.end()) this.#pool.give(process);
    else await process.kill();
  }
}
