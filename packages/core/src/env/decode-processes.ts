import type { PortableDescription } from '../context/portable.ts';
import type { Decoder } from '../format/format.ts';

/** Processes in which decoders work, so that no file can take the host down, hang it or use up its memory. */
export interface DecodeProcesses {
  /**
   * A decoder in a process of its own for as long as one call of `observe` or `decode` lasts. Bytes come from the reader in the host, so the
   * process needs no credentials and opens nothing. Same events, observations and errors as in the host. A process is used again for the same
   * tenant and never for another. The next event is made ahead while the last one is used.
   *
   * Its calls throw, besides what the decoder throws as `CalveError`: `LIMIT_TIME` (no progress), `LIMIT_MEMORY`, `DECODER_CRASHED` (also for a
   * decoder that throws something else, or hands over what is no event), all `fix-input`: the process is gone, the unit is quarantined, the next
   * call gets a new process. `CONFIGURATION_INVALID` (fix-input): process or decoder cannot be started, whatever the file. `CLOSED`.
   */
  decoder(description: PortableDescription): Decoder;
  /** Ends all processes. Idempotent. */
  close(): Promise<void>;
}
