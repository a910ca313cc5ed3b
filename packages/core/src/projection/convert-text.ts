import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import { CalveError } from '../errors/calve-error.ts';
import { failValue } from './fail-value.ts';
import { kernelOfType } from './kernels/kernel-of-type.ts';
import type { TextPreparation } from './kernels/text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad, cellIsNull, longestTextOf, type TextCells } from './kernels/text-cells.ts';
import type { TextKernel } from './kernels/text-kernel.ts';
import { TextTokens } from './kernels/text-tokens.ts';
import type { ColumnRule } from './projection.ts';
import type { RowFailures } from './row-failures.ts';
import { errorWord, nullRule, tooLongRule } from './strict-rules.ts';

type TextRule = Extract<ColumnRule, { kind: 'text' }>;

/** Executes one rule of kind `text` on batch after batch. */
export class TextConversion {
  readonly #rule: TextRule;
  readonly #preparation: TextPreparation;
  readonly #kernel: TextKernel;
  readonly #badCode: string;

  /** @param rule One that `unsupportedRule` lets pass. */
  constructor(rule: TextRule) {
    const kernel = kernelOfType(rule.target.type, rule.parse, rule.formats);
    if (kernel === null) throw new CalveError('INTERNAL', `Column "${rule.target.name}" has no kernel.`, { recovery: 'report' });
    this.#rule = rule;
    this.#kernel = kernel;
    this.#badCode = `${rule.target.name}:${errorWord(rule.target.type)}`;
    this.#preparation = {
      trim: rule.trim,
      nulls: TextTokens.of(rule.nulls),
      longest: longestTextOf(rule.target.type),
    };
  }

  /**
   * @param source The column of the batch, `undefined` when it has none of that name.
   * @param cells Overwritten.
   * @throws {CalveError} `VALUE_REJECTED`: a value breaks a rule and the column's policy is to fail.
   */
  convert(batch: ColumnBatch, source: ColumnData | undefined, cells: TextCells, failures: RowFailures): ColumnData {
    const column = this.read(source, batch.rows, cells);
    const failed = cells.bad + cells.tooLong > 0 || (this.#rule.target.required && cells.nulls > 0);
    if (failed) this.#report(batch, source, cells, failures);
    return column;
  }

  /**
   * Types the texts of any column, such as the elements of lists, and reports nothing: `cells.states` tells what became of each.
   *
   * @param rows Values of the column.
   * @param cells Overwritten.
   */
  read(source: ColumnData | undefined, rows: number, cells: TextCells): ColumnData {
    cells.load(source, rows, this.#preparation);
    return this.#kernel.convert(cells);
  }

  /** The code of a cell that could not be typed, by its state in `TextCells`. */
  codeOf(state: number): string {
    return state === cellIsBad ? this.#badCode : `${this.#rule.target.name}:${tooLongRule}`;
  }

  #report(batch: ColumnBatch, source: ColumnData | undefined, cells: TextCells, failures: RowFailures): void {
    const { target, onFailure } = this.#rule;
    for (let row = 0; row < cells.rows; row++) {
      const state = cells.states[row]!;
      if (state === cellInSource || state === cellInScratch || (state === cellIsNull && !target.required)) continue;
      if (onFailure === 'fail-unit' || onFailure === 'fail-run') failValue(batch, source, row, this.#rule);
      if (state !== cellIsNull) {
        if (onFailure === 'null') failures.nullify(row);
        else if (onFailure === 'rescue') failures.rescue(row, this.#rule.source[0] ?? target.name);
        else failures.reject(row, target.name, this.codeOf(state));
      }
      if (target.required) failures.reject(row, target.name, `${target.name}:${nullRule}`);
    }
  }
}
