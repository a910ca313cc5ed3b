import type { Diagnostic } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/**
 * Why a program cannot be printed so that Spark gives the same rows.
 *
 * - `SPARK_READER_UNSUPPORTED`: files that Spark reads differently, or not at all.
 * - `SPARK_RULE_UNSUPPORTED`: a column that only the in-process engine makes.
 * - `SPARK_OUTPUT_UNSUPPORTED`: a mode, a table or a change of a table.
 * - `SPARK_FILE_UNSUPPORTED`: a file of the batch that Spark would skip, misread or not find.
 * - `SPARK_TEXT_UNSUPPORTED`: a name or text that SQL cannot hold.
 */
export type RefusalCode =
  | 'SPARK_READER_UNSUPPORTED'
  | 'SPARK_RULE_UNSUPPORTED'
  | 'SPARK_OUTPUT_UNSUPPORTED'
  | 'SPARK_FILE_UNSUPPORTED'
  | 'SPARK_TEXT_UNSUPPORTED';

/** Collects everything that cannot be printed, so that one answer tells all of it. */
export class Refusals {
  readonly #diagnostics: Diagnostic[] = [];

  add(code: RefusalCode, message: string, unit?: string): void {
    this.#diagnostics.push({ code, severity: 'error', message, ...(unit === undefined ? {} : { at: { unit } }) });
  }

  /** Runs a piece of printing; a text that it cannot hold is one more refusal, and the answer is `fallback`. */
  attempt<T>(what: string, print: () => T, fallback: T): T {
    try {
      return print();
    } catch (error) {
      if (!CalveError.is(error) || error.code !== 'SPARK_UNSUPPORTED') throw error;
      for (const { code, message } of error.diagnostics) this.add(code as RefusalCode, `${what}: ${message}`);
      return fallback;
    }
  }

  /** @throws {CalveError} `SPARK_UNSUPPORTED` (fix-input) when anything was added; `diagnostics` has all of it. */
  throwIfAny(ingestion: string): void {
    const [first] = this.#diagnostics;
    if (first === undefined) return;
    const more = this.#diagnostics.length - 1;
    throw unsupported(
      `"${ingestion}" cannot be printed for Spark with the same rows. ${first.message}${more === 0 ? '' : ` There ${more === 1 ? 'is 1 more reason' : `are ${more} more reasons`}, in "diagnostics".`} Run it in process, or change what is named.`,
      this.#diagnostics,
    );
  }
}

/** The error for a name or text that cannot be written down in SQL. */
export function refuseText(text: string, problem: string): CalveError {
  const message = `${JSON.stringify(text)} ${problem}, which Spark SQL cannot write.`;
  return unsupported(message, [{ code: 'SPARK_TEXT_UNSUPPORTED' satisfies RefusalCode, severity: 'error', message }]);
}

function unsupported(message: string, diagnostics: Diagnostic[]): CalveError {
  return new CalveError('SPARK_UNSUPPORTED', message, { recovery: 'fix-input', diagnostics });
}
