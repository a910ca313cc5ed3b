/** Words for what disks say most; other errors have their own. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EROFS: 'its file system is read-only',
};

/** What becomes of a command whose stdout or stderr cannot be written, say `calve run … > report.txt` on a full disk. */
export class LostOutputs {
  readonly #say: (line: string) => void;
  readonly #lost = new Set<'stdout' | 'stderr'>();

  /** @param say Writes a line to stderr. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Tells about it once, where that is possible; the command goes on. */
  lost(stream: 'stdout' | 'stderr', { code, message }: NodeJS.ErrnoException): void {
    const isKnown = this.#lost.has(stream);
    this.#lost.add(stream);
    if (isKnown || this.#lost.has('stderr')) return;
    this.#say(
      `error OUTPUT_LOST: The answer of this command could not be written to stdout: ${REASONS[code ?? ''] ?? message}. What the command did stays done.\n` +
        '  What to do: make room or send the output elsewhere, then run the same command again; it loads nothing twice.',
    );
  }

  /** @param code The exit code of the command. A success is none when a part of its output is missing. */
  exitCode(code: number): number {
    return code === 0 && this.#lost.size > 0 ? 1 : code;
  }
}
