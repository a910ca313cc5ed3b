import { writeSync } from 'node:fs';
import { MEMORY_MARK } from '../decode-messages.ts';

const INTERVAL_MILLISECONDS = 50;

/**
 * Ends this process when its host is gone or its memory grows beyond the limit. Runs in a thread of its own, since a decoder that loops
 * would notice neither, and in this process, since a busy host would be late. Buffers live outside of the heap that V8 limits, so resident
 * memory is what counts.
 */
export function watchProcess(hostId: number, memoryBytes: number): void {
  setInterval(() => {
    const resident = process.memoryUsage.rss();
    if (resident > memoryBytes) {
      say(`\n${MEMORY_MARK} ${resident}\n`);
      end();
    }
    // Whose host is gone is given to another process (on Windows it is not, and the closed channel has to do).
    if (process.ppid !== hostId) end();
  }, INTERVAL_MILLISECONDS);
}

function say(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nobody reads; the end itself says enough.
  }
}

/** The only way out of a main thread that does not listen. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
