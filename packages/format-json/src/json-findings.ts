import type { Diagnostic, Position } from '@calve/core/plugin';
import { shownText } from '@calve/core/plugin';
import { valueBehindDocument } from './undecided-framing.ts';

interface Counted {
  count: number;
  at: Position | undefined;
}

/** Collects what was read in a way a person should know of: one finding per kind and file, with its count and first place. */
export class JsonFindings {
  readonly #duplicates: Counted = { count: 0, at: undefined };
  readonly #surrogates: Counted = { count: 0, at: undefined };
  readonly #ignored: Counted = { count: 0, at: undefined };
  #unreadAt: Position | undefined;
  #anotherAt: Position | undefined;

  duplicateKeys(count: number, at: Position): void {
    add(this.#duplicates, count, at);
  }

  loneSurrogates(count: number, at: Position): void {
    add(this.#surrogates, count, at);
  }

  /** Text behind the value of a line or behind the document. */
  ignoredText(at: Position): void {
    add(this.#ignored, 1, at);
  }

  /** Another value behind the document. */
  valueBehind(at: Position): void {
    this.#anotherAt ??= at;
  }

  /** What there is to decide because of it. */
  anotherValue(): Diagnostic | null {
    return this.#anotherAt ? valueBehindDocument(this.#anotherAt) : null;
  }

  unreadMembers(at: Position): void {
    this.#unreadAt ??= at;
  }

  /**
   * What was collected, in a fixed order.
   *
   * @param seen How much of the file was looked at: what was counted in some parts is said of these only.
   * @param framing Says what ignored text stood behind.
   */
  diagnostics(
    seen: 'everything' | 'parts',
    framing: 'lines' | 'values' | 'document',
    unread: { count: number; names: readonly string[]; hasMoreNames: boolean } | null,
    outside: { count: number; names: readonly string[] },
  ): Diagnostic[] {
    const inParts = seen === 'parts' ? ' in the sampled parts' : '';
    const found: Diagnostic[] = [];
    const tell = (code: string, at: Position | undefined, message: string, severity: 'warning' | 'info' = 'warning'): void => {
      if (at) found.push({ code, severity, message, at });
    };
    const { count: duplicates, at: duplicateAt } = this.#duplicates;
    tell(
      'JSON_DUPLICATE_KEY',
      duplicateAt,
      `${duplicates} member${duplicates === 1 ? '' : 's'}${inParts} ${duplicates === 1 ? 'has' : 'have'} a name that its object has before, first in ${place(duplicateAt)}: the last one counts, as in Spark.`,
    );
    const { count: halves, at: surrogateAt } = this.#surrogates;
    tell(
      'JSON_LONE_SURROGATE',
      surrogateAt,
      `${halves === 1 ? '1 half' : `${halves} halves`} of a surrogate pair${inParts} without the other half became "?", as in Spark, first in ${place(surrogateAt)}: such an escape (\\ud83d alone) is no character.`,
    );
    const { count: texts, at: ignoredAt } = this.#ignored;
    tell(
      'JSON_TEXT_IGNORED',
      ignoredAt,
      framing === 'lines'
        ? `${texts} line${texts === 1 ? '' : 's'}${inParts} ${texts === 1 ? 'goes' : 'go'} on behind the first value, first in ${place(ignoredAt)}: what follows is ignored, as in Spark. If several values stand on one line, set "framing" to "values".`
        : `What follows the document, from ${place(ignoredAt)} on, is ignored, as in Spark. If several documents follow one another, set "framing" to "values".`,
    );
    if (unread) {
      const names = listed(unread.names, unread.hasMoreNames);
      tell(
        'JSON_MEMBER_UNKNOWN',
        this.#unreadAt,
        `${unread.count} member${unread.count === 1 ? '' : 's'}${inParts} ${unread.count === 1 ? 'is' : 'are'} not read, since no column was planned for ${unread.count === 1 ? 'it' : 'them'}: ${names}, first in ${place(this.#unreadAt)}. Members that the planning did not meet are found when more of the files is looked at.`,
      );
    }
    if (outside.count > 0) {
      const names = listed(outside.names, outside.count > outside.names.length);
      const message = `The records stand inside of the document; what stands beside them is not read: ${names}.`;
      found.push({ code: 'JSON_OUTSIDE_RECORDS', severity: 'info', message, at: { unit: '' } });
    }
    return found;
  }
}

function add(counted: Counted, count: number, at: Position): void {
  counted.count += count;
  counted.at ??= at;
}

function place(at: Position | undefined): string {
  if (!at) return 'an unknown place';
  const byte = `byte ${at.byteOffset ?? 0}`;
  return at.line === undefined ? byte : `line ${at.line} (${byte})`;
}

function listed(names: readonly string[], hasMore: boolean): string {
  return shownText(names.map((name) => JSON.stringify(name)).join(', ')) + (hasMore ? ', …' : '');
}
