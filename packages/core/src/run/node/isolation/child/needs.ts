import type { Reservation } from '../../../../context/call-context.ts';
import { CalveError } from '../../../../errors/calve-error.ts';
import type { HostMessage, Need } from '../decode-messages.ts';

type Answered = Extract<HostMessage, { kind: 'bytes' | 'granted' | 'refused' }>;

/** What the decoder of one call asks of the host, and the answers that it waits for. */
export class Needs {
  readonly #call: number;
  readonly #send: (need: Need) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<Answered>>();
  #count = 0;

  constructor(call: number, send: (need: Need) => void) {
    this.#call = call;
    this.#send = send;
  }

  /** Bytes from `offset` on, in memory of their own; fewer than asked only at the end of the content. @throws what the host's reader throws. */
  async read(offset: number, bytes: number): Promise<Uint8Array> {
    const answer = await this.#ask((need) => ({ kind: 'read', call: this.#call, need, offset, bytes }));
    return answer.kind === 'bytes' ? answer.bytes : new Uint8Array(0);
  }

  /** Waits until the run's share of memory in the host is free. */
  async reserve(bytes: number): Promise<Reservation> {
    let number = 0;
    await this.#ask((need) => {
      number = need;
      return { kind: 'reserve', call: this.#call, need, bytes };
    });
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#send({ kind: 'unreserve', call: this.#call, need: number });
        isHeld = false;
      },
    };
  }

  /** Takes an answer of the host. */
  hear(answer: Answered): void {
    const waiting = this.#waiting.get(answer.need);
    this.#waiting.delete(answer.need);
    if (answer.kind === 'refused') waiting?.reject(CalveError.from(answer.error));
    else waiting?.resolve(answer);
  }

  #ask(need: (number: number) => Need): Promise<Answered> {
    this.#count += 1;
    const waiting = Promise.withResolvers<Answered>();
    this.#waiting.set(this.#count, waiting);
    this.#send(need(this.#count));
    return waiting.promise;
  }
}
