/** The signals of a process, as far as they are needed here: `process` fits. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Turns the first Ctrl-C or SIGTERM into an abort, and the second one into an end at once.
 *
 * @param onFirst Tells the user that the command is ending.
 * @param stopNow Ends the process.
 * @returns The signal, and what takes the listeners away again.
 */
export function listenForInterrupts(
  source: SignalSource,
  onFirst: () => void,
  stopNow: () => void,
): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) {
      stopNow();
      return;
    }
    onFirst();
    controller.abort();
  };
  source.on('SIGINT', listener);
  source.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    stop() {
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}
