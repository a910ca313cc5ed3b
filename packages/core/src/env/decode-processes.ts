import type { CallContext } from '../context/call-context.ts';
import type { PortableDescription } from '../context/portable.ts';
import type { Decoder } from '../format/format.ts';

/** Processes in which decoders work, so that no file can take the host down, hang it or use up its memory. */
export interface DecodeProcesses {
  /**
   * A decoder in a process of its own for as long as one call of `observe` or `decode` lasts. Bytes come from the reader in the host, so the
   * process needs no credentials and opens nothing. Same events, observations and errors as in the host.
   *
   * Its calls throw, besides what the decoder throws: `LIMIT_TIME` (no progress), `LIMIT_MEMORY`, `DECODER_CRASHED`, all `fix-input`: the
   * process is gone, the unit is quarantined, the next call gets a new process.
   */
  decoder(description: PortableDescription, context: CallContext): Decoder;
  /** Ends all processes. Idempotent. */
  close(): Promise<void>;
}
