import type { HostMessage, ProcessMessage } from '../decode-messages.ts';
import { ProcessCall } from './process-call.ts';

/** Answers the host until it goes. What a decoder throws outside of a call ends the process, which the host notices. */
export function serveCalls(): void {
  let current: ProcessCall | null = null;
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    const said = message as HostMessage;
    if (said.kind === 'open') current = new ProcessCall(said.call, said.settings, send);
    if (said.call === current?.number) current.hear(said);
  });
}

/** Packed before it returns, so whoever owns the memory may use it again. @throws what cannot be packed: a function, say. */
function send(message: ProcessMessage): void {
  // A message that does not arrive has no reader any more: `disconnect` follows.
  process.send?.(message, undefined, undefined, () => {});
}
