import { type ExampleCell, mostForms, type WrittenForm } from './column-statistics.ts';
import { WrittenDate, writtenPatterns } from './written-date.ts';
import { numberSeparators, numberStyles, WrittenNumber } from './written-number.ts';

/** Forms of numbers begin above those of dates: the separator, then a bit per style. */
const firstNumberForm = 1 << 14;

const date = new WrittenDate();
const number = new WrittenNumber();

/**
 * Counts the texts of one column by what would read them if it were declared. With the first text that nothing reads the column is text
 * and counting ends, so that it costs nothing where people wrote words.
 */
export class FormCollector {
  /** No text has come yet that nothing reads. */
  isOpen = true;
  readonly #forms: Omit<WrittenForm, 'first'>[] = [];
  readonly #firsts: ExampleCell[] = [];
  readonly #placeOfForm = new Map<number, number>();
  #lastForm = 0;
  #lastPlace = -1;

  /** @returns True for the first text of a form; `explain` is told which it is. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    const form = formOf(bytes, start, end);
    if (form !== this.#lastForm) {
      this.#lastPlace = this.#placeOfForm.get(form) ?? -1;
      this.#lastForm = form;
    }
    const isNew = this.#lastPlace < 0;
    if (form === 0 || (isNew && this.#forms.length === mostForms)) {
      this.isOpen = false;
      return false;
    }
    if (isNew) {
      this.#lastPlace = this.#forms.length;
      this.#placeOfForm.set(form, this.#lastPlace);
      this.#forms.push({ reads: readsOf(form), count: 0, ...(form < firstNumberForm ? {} : { number: numberOf(form) }) });
    }
    const counted = this.#forms[this.#lastPlace]!;
    counted.count += 1;
    if (counted.number) {
      const { digits, behind } = number;
      counted.number.digits = Math.max(counted.number.digits, digits);
      counted.number.before = Math.max(counted.number.before, digits - behind);
      counted.number.behind = Math.max(counted.number.behind, behind);
    }
    return isNew;
  }

  /** The example of the form that `add` has just found. */
  explain(first: ExampleCell): void {
    this.#firsts.push(first);
  }

  /** The forms so far, as a statistic; nothing when they do not cover every text. */
  finish(): { forms?: WrittenForm[] } {
    if (!this.isOpen || this.#forms.length === 0) return {};
    return {
      forms: this.#forms.map((form, index) => ({
        ...form,
        ...(form.number ? { number: { ...form.number } } : {}),
        first: this.#firsts[index]!,
      })),
    };
  }
}

/** 0: nothing that inference knows reads the text. */
function formOf(bytes: Uint8Array, start: number, end: number): number {
  const styles = number.stylesOf(bytes, start, end);
  // "01.02.2024" is no number, "1.234" no date: a text is never both.
  if (styles !== 0) return firstNumberForm + number.last * 4_096 + styles;
  return date.formOf(bytes, start, end);
}

function readsOf(form: number): string[] {
  if (form < firstNumberForm) return writtenPatterns(form);
  return numberStyles.filter((_, index) => form & (1 << index)).map(({ written }) => written);
}

function numberOf(form: number): NonNullable<WrittenForm['number']> {
  return { last: numberSeparators[((form - firstNumberForm) >> 12) as 0]!, digits: 0, before: 0, behind: 0 };
}
