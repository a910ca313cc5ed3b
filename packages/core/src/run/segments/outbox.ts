import type { FromThread, RowsMessage } from './segment-messages.ts';

/** Messages that wait for each other at most. */
const MOST_MESSAGES = 64;
/** Memory of pieces that is enough to go at once. Less than the pool has for each thread, so that it never waits for what lies here. */
const MOST_GIVEN_BACK = 4 * 2 ** 20;

/**
 * What a thread has to say. Being heard wakes the thread of the run, which costs more than most messages say: they go together, as soon as somebody may
 * wait for one of them.
 */
export class Outbox {
  readonly #post: (messages: readonly FromThread[], transfer: readonly ArrayBuffer[]) => void;
  #messages: FromThread[] = [];
  #transfer: ArrayBuffer[] = [];
  #givenBack = 0;

  /** @param post Sends messages to the thread of the run, in order. */
  constructor(post: (messages: readonly FromThread[], transfer: readonly ArrayBuffer[]) => void) {
    this.#post = post;
  }

  /** @param transfer Memory that goes with the message. */
  add(message: FromThread, transfer: readonly ArrayBuffer[]): void {
    const last = this.#messages.at(-1);
    if (message.kind === 'rows' && last?.kind === 'rows' && isCount(last))
      this.#messages[this.#messages.length - 1] = together(last, message);
    else this.#messages.push(message);
    this.#transfer.push(...transfer);
    if (message.kind === 'given-back') this.#givenBack += message.buffer.byteLength;
    const isFull = this.#messages.length >= MOST_MESSAGES || this.#givenBack >= MOST_GIVEN_BACK;
    if (isFull || !mayWait(message)) this.flush();
  }

  /** Nobody knows when the thread has something to say again. */
  flush(): void {
    if (this.#messages.length === 0) return;
    const [messages, transfer] = [this.#messages, this.#transfer];
    [this.#messages, this.#transfer, this.#givenBack] = [[], [], 0];
    this.#post(messages, transfer);
  }
}

/** True when a message is small, and more of the same unit or segment follow. */
function mayWait(message: FromThread): boolean {
  switch (message.kind) {
    case 'given-back':
    case 'unit-ended':
    case 'range-ended':
      return true;
    case 'rows':
      return isCount(message);
    default:
      return false;
  }
}

/** It says how many rows there were and nothing else. */
function isCount({ rejected, batch, parts }: RowsMessage): boolean {
  return rejected.length === 0 && batch === null && parts.length === 0;
}

function together(count: RowsMessage, message: RowsMessage): RowsMessage {
  return {
    ...message,
    read: count.read + message.read,
    written: count.written + message.written,
    expanded: count.expanded + message.expanded,
    rescued: count.rescued + message.rescued,
  };
}
