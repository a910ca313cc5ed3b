import { holderText } from '../ledger-lease.ts';
import type { RunEvent } from '../run-event.ts';
import { visibleText } from './visible-text.ts';

/** Where the progress goes: `process.stderr` fits. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** What is shown beside the progress itself. */
export interface ProgressOptions {
  /** Which findings become lines. Default `warnings`: those that are more than a note. `none` fits where a plan was shown before. */
  findings?: 'all' | 'warnings' | 'none';
}

/** Between two plain lines, by the time of the events. */
const PLAIN_LINE_MILLISECONDS = 5000;
const ERASE_LINE = '\r\u001b[2K';

/**
 * Shows a run: on a terminal one line that is rewritten (share of the bytes, rows, bytes per second), elsewhere a plain line every five
 * seconds; findings, commit attempts and the end as lines of their own. Control characters in names and messages are made visible.
 *
 * Never rejects, whatever the run or the stream do: the run itself tells how it ended.
 *
 * @param events A `RunHandle`, or a stored stream.
 *
 * @example
 * const run = calve.run(orders);
 * void printProgress(run, process.stderr);
 * await run;
 */
export async function printProgress(
  events: AsyncIterable<RunEvent>,
  stream: ProgressStream,
  options: ProgressOptions = {},
): Promise<void> {
  const printer = new ProgressPrinter(stream, options.findings ?? 'warnings');
  try {
    for await (const event of events) printer.show(event);
  } catch {
    // A failed run rejects here and in its own promise, and only that one is for the host; a terminal that went away ends the printing only.
  }
  printer.clear();
}

class ProgressPrinter {
  readonly #stream: ProgressStream;
  #startedAt = Number.NaN;
  #lastPlainAt = Number.NEGATIVE_INFINITY;
  #isLineOpen = false;

  readonly #findings: ProgressOptions['findings'];

  constructor(stream: ProgressStream, findings: ProgressOptions['findings']) {
    this.#stream = stream;
    this.#findings = findings;
  }

  show(event: RunEvent): void {
    const at = Date.parse(event.at);
    if (Number.isNaN(this.#startedAt)) this.#startedAt = at;
    if (event.kind === 'finding' && !this.#shows(event.diagnostic.severity)) return;
    if (event.kind !== 'progress') {
      const line = lineOf(event);
      if (line !== null) this.#line(line);
      return;
    }
    const seconds = (at - this.#startedAt) / 1000;
    const text = progressText(event, seconds);
    if (this.#stream.isTTY === true) {
      this.#stream.write(`${ERASE_LINE}${text.slice(0, Math.max(1, (this.#stream.columns || 80) - 1))}`);
      this.#isLineOpen = true;
    } else if (at - Math.max(this.#lastPlainAt, this.#startedAt) >= PLAIN_LINE_MILLISECONDS) {
      this.#lastPlainAt = at;
      this.#line(text);
    }
  }

  #shows(severity: string): boolean {
    return this.#findings === 'all' || (this.#findings === 'warnings' && severity !== 'info');
  }

  clear(): void {
    if (!this.#isLineOpen) return;
    this.#isLineOpen = false;
    try {
      this.#stream.write(ERASE_LINE);
    } catch {
      // The terminal is gone, and with it the line.
    }
  }

  #line(text: string): void {
    this.#stream.write(`${this.#isLineOpen ? ERASE_LINE : ''}${text}\n`);
    this.#isLineOpen = false;
  }
}

function lineOf(event: Exclude<RunEvent, { kind: 'progress' }>): string | null {
  switch (event.kind) {
    case 'finding':
      return visibleText(`${event.diagnostic.severity}: ${event.diagnostic.message} [${event.diagnostic.code}]`);
    case 'degraded':
      return visibleText(`slower: ${event.from} became ${event.to}: ${event.reason}`);
    case 'waiting':
      return visibleText(
        `waiting (${event.reason})${event.heldBy ? ` for ${holderText(event.heldBy)}` : ''}${event.until === undefined ? '' : ` until ${event.until}`}`,
      );
    case 'recovered':
      return event.outcome === 'finished'
        ? 'the commit of an earlier run was finished'
        : 'an earlier run was stopped before its commit';
    case 'commit-attempted':
      return visibleText(`${event.output}: ${event.outcome}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`);
    case 'schema-changed':
      return visibleText(`${event.output}: ${event.changes.map((change) => [change.kind, ...change.path].join(' ')).join(', ')}`);
    case 'run-finished':
      return visibleText(`run ${event.result.outcome}`);
    case 'run-started':
    case 'planned':
    case 'unit-finished':
      return null;
    default:
      // A stream stored by a newer version may hold kinds that this one does not know.
      return event satisfies never;
  }
}

function progressText(event: RunEvent & { kind: 'progress' }, seconds: number): string {
  const share = event.bytesTotal > 0 ? Math.min(100, Math.floor((event.bytesDone / event.bytesTotal) * 100)) : 100;
  const rate = seconds > 0 ? `  ${sizeText(event.bytesDone / seconds)}/s` : '';
  return `${String(share).padStart(3)} %  ${sizeText(event.bytesDone)} of ${sizeText(event.bytesTotal)}  ${event.rows.toLocaleString('en-US')} rows${rate}`;
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
