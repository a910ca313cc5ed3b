import type { Json } from '../json/json.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ErrorCode } from './error-code.ts';
import type { Recovery } from './recovery.ts';

/** The plain data of an error: what is stored, sent between threads and shown. */
export interface CalveErrorData {
  code: string;
  message: string;
  recovery: Recovery;
  diagnostics: Diagnostic[];
  context: Json;
  cause?: CalveErrorData;
}

/** What a new error is made of. `recovery` defaults to `report`, `diagnostics` to none, `context` to `{}`. */
export interface CalveErrorOptions {
  recovery?: Recovery | Exclude<Recovery['kind'], 'decide'>;
  diagnostics?: Diagnostic[];
  context?: Json;
  /** Anything that was caught. Foreign errors keep their message and, as code, their `code` or name. */
  cause?: unknown;
}

const brand = Symbol.for('calve.error/1');
/** How Node shows a value: `console.log`, and an error that nobody caught. https://nodejs.org/api/util.html#utilinspectcustom */
const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * The one error class of Calve; `code` discriminates. Recognise it with `CalveError.is`, which works across package copies,
 * threads and processes, where `instanceof` does not.
 */
export class CalveError extends Error implements CalveErrorData {
  readonly code: string;
  readonly recovery: Recovery;
  readonly diagnostics: Diagnostic[];
  readonly context: Json;
  declare readonly cause?: CalveErrorData;
  readonly [brand] = true;

  /**
   * @param code What is wrong: an `ErrorCode`, or a plugin's prefixed code.
   * @param message What, where, which value, and what to do, in plain words.
   */
  constructor(code: ErrorCode | (string & {}), message: string, options: CalveErrorOptions = {}) {
    super(message);
    this.name = 'CalveError';
    this.code = code;
    this.recovery = typeof options.recovery === 'string' ? { kind: options.recovery } : (options.recovery ?? { kind: 'report' });
    this.diagnostics = options.diagnostics ?? [];
    this.context = options.context ?? {};
    if (options.cause !== undefined) {
      Object.defineProperty(this, 'cause', { value: errorData(options.cause), enumerable: false, configurable: true });
    }
  }

  /** True for a `CalveError` of any copy of this package, and for its plain data after it crossed a thread or process. */
  static is(value: unknown): value is CalveError {
    if (value === null || typeof value !== 'object') return false;
    if (brand in value) return true;
    const data = value as Partial<CalveErrorData>;
    return (
      typeof data.code === 'string' &&
      typeof data.message === 'string' &&
      typeof data.recovery?.kind === 'string' &&
      Array.isArray(data.diagnostics)
    );
  }

  /** An error of this class from plain data, for instance in the process that receives it. */
  static from(data: CalveErrorData): CalveError {
    return restored(data);
  }

  /** What somebody who has to act on it needs, and not all that is known: that is in `toJSON`. */
  [inspect](): string {
    return inspected(this);
  }

  toJSON(): CalveErrorData {
    const { code, message, recovery, diagnostics, context, cause } = this;
    return { code, message, recovery, diagnostics, context, ...(cause ? { cause } : {}) };
  }
}

/** Outside of the class: esbuild renames a class that names itself, and then Node shows `_CalveError` to people. */
function restored(data: CalveErrorData): CalveError {
  return new CalveError(data.code, data.message, { ...data });
}

const SHOWN_DIAGNOSTICS = 5;

function inspected({ stack, name, message, code, recovery, diagnostics, cause }: CalveError): string {
  const choices = recovery.kind === 'decide' ? `: ${recovery.choices.join('; or ')}` : '';
  const lines = [stack ?? `${name}: ${message}`, `    code ${code}, recovery ${recovery.kind}${choices}`];
  for (const diagnostic of diagnostics.slice(0, SHOWN_DIAGNOSTICS)) lines.push(`    ${diagnostic.code}: ${diagnostic.message}`);
  if (diagnostics.length > SHOWN_DIAGNOSTICS)
    lines.push(`    and ${diagnostics.length - SHOWN_DIAGNOSTICS} more, in "diagnostics"`);
  for (let next = cause; next; next = next.cause) lines.push(`    caused by ${next.code}: ${next.message}`);
  return lines.join('\n');
}

/** Further causes tell nothing, and a chain may lead back to its beginning. */
const MAX_CAUSES = 8;

/**
 * The plain data of anything that was thrown. Foreign errors become `recovery: report` with their own code or name and lose everything else
 * that hangs on them, such as the request that an SDK keeps there. Never throws.
 */
export function errorData(value: unknown): CalveErrorData {
  try {
    return dataOf(value, 0);
  } catch (error) {
    // Something was thrown whose properties cannot be read.
    return { ...unknownError(), context: { problem: error instanceof Error ? error.name : typeof error } };
  }
}

function dataOf(value: unknown, depth: number): CalveErrorData {
  if (!CalveError.is(value) && !(value instanceof Error)) {
    return { ...unknownError(), message: typeof value === 'object' ? Object.prototype.toString.call(value) : String(value) };
  }
  const cause = value.cause === undefined || depth === MAX_CAUSES ? {} : { cause: dataOf(value.cause, depth + 1) };
  if (CalveError.is(value)) {
    const { code, message, recovery, diagnostics, context } = value;
    return { code, message, recovery, diagnostics, context, ...cause };
  }
  const { code } = value as { code?: unknown };
  return {
    ...unknownError(),
    code: typeof code === 'string' ? code : String(value.name),
    message: String(value.message),
    ...cause,
  };
}

function unknownError(): CalveErrorData {
  return {
    code: 'INTERNAL',
    message: 'Something unreadable was thrown.',
    recovery: { kind: 'report' },
    diagnostics: [],
    context: {},
  };
}

/** Throws `CANCELLED` when the signal is aborted. Called between any two pieces of work that may take long. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry', cause: signal.reason });
}
