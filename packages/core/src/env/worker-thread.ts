/** What a thread tells whoever started it. */
export interface ThreadListener {
  /** Messages of the thread, in order. */
  heard(message: unknown): void;
  /** Called once, when nothing more comes. `error`: why, unless it was asked to end. */
  ended(error: unknown): void;
}

/** A thread that serves segments: it runs `serveSegments` over the port that it was started with. */
export interface WorkerThread {
  listen(listener: ThreadListener): void;
  /** @param transfer Buffers that belong to the thread from then on. */
  send(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Ends it at once, whatever it is doing. Idempotent. */
  end(): Promise<void>;
}
