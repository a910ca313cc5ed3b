import { CalveError } from '../errors/calve-error.ts';

/** One character of a pattern, by code point. `escaped`: it stood behind a backslash and means itself. */
export interface GlobToken {
  text: string;
  escaped: boolean;
  /** 0-based index in the pattern. */
  position: number;
}

const MAXIMUM_LENGTH = 4096;
const MAXIMUM_ALTERNATIVES = 1000;
const MAXIMUM_TOKENS = 100_000;
const MAXIMUM_DEPTH = 32;

/** An invalid pattern, with the place where it stops making sense. */
export function globError(pattern: string, position: number, problem: string): CalveError {
  const shown = pattern.length > 200 ? `${pattern.slice(0, 200)}…` : pattern;
  return new CalveError('OPTIONS_INVALID', `The pattern "${shown}" is not valid at position ${position}: ${problem}`, {
    recovery: 'fix-input',
    context: { pattern: shown, position },
  });
}

/**
 * The alternatives of a pattern without its braces, in the order written: `a{b,c}d` gives `abd` and `acd`. Braces nest.
 *
 * @throws {CalveError} `OPTIONS_INVALID`: no pattern, too long, too many alternatives, an open brace or a lone backslash.
 */
export function expandBraces(pattern: string): GlobToken[][] {
  if (pattern === '') throw globError(pattern, 0, 'it is empty; write ** for every file.');
  if (pattern.length > MAXIMUM_LENGTH) throw globError(pattern, MAXIMUM_LENGTH, `it has more than ${MAXIMUM_LENGTH} characters.`);
  const tokens = tokenize(pattern);
  const reader = new BraceReader(pattern, tokens);
  return reader.sequence(false);
}

function tokenize(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  let position = 0;
  let backslash = -1;
  for (const text of pattern) {
    if (backslash < 0 && text === '\\') backslash = position;
    else {
      tokens.push({ text, escaped: backslash >= 0, position: backslash >= 0 ? backslash : position });
      backslash = -1;
    }
    position += text.length;
  }
  if (backslash >= 0) throw globError(pattern, backslash, 'a backslash at the end escapes nothing; write \\\\ for a backslash.');
  return tokens;
}

class BraceReader {
  readonly #pattern: string;
  readonly #tokens: readonly GlobToken[];
  readonly #maximum: number;
  #index = 0;
  #depth = 0;

  constructor(pattern: string, tokens: readonly GlobToken[]) {
    this.#pattern = pattern;
    this.#tokens = tokens;
    // The longer the pattern, the fewer alternatives: their product bounds memory and the work per path.
    this.#maximum = Math.min(MAXIMUM_ALTERNATIVES, Math.floor(MAXIMUM_TOKENS / tokens.length));
  }

  /** Reads up to the end, or inside a group up to its `,` or `}`. */
  sequence(isInGroup: boolean): GlobToken[][] {
    let alternatives: GlobToken[][] = [[]];
    let classEnd = -1;
    for (; this.#index < this.#tokens.length; this.#index++) {
      const token = this.#tokens[this.#index]!;
      const isPlain = token.escaped || this.#index <= classEnd;
      if (!isPlain && token.text === '[') classEnd = this.#endOfClass();
      if (!isPlain && token.text === '{') alternatives = this.#product(alternatives, this.#group(), token.position);
      else if (!isPlain && isInGroup && (token.text === ',' || token.text === '}')) return alternatives;
      else for (const alternative of alternatives) alternative.push(token);
    }
    return alternatives;
  }

  /** Braces and commas inside `[…]` are members of the class. */
  #endOfClass(): number {
    let index = this.#index + 1;
    const isNegation = (token: GlobToken | undefined) => token && !token.escaped && (token.text === '!' || token.text === '^');
    if (isNegation(this.#tokens[index])) index++;
    for (let first = true; index < this.#tokens.length; index++, first = false) {
      const token = this.#tokens[index]!;
      if (token.text === ']' && !token.escaped && !first) return index;
    }
    throw globError(
      this.#pattern,
      this.#tokens[this.#index]!.position,
      'the class "[" is never closed; write \\[ for a bracket.',
    );
  }

  /** Leaves the index on the closing brace. */
  #group(): GlobToken[][] {
    const open = this.#tokens[this.#index]!;
    if (++this.#depth > MAXIMUM_DEPTH) throw globError(this.#pattern, open.position, `groups nest deeper than ${MAXIMUM_DEPTH}.`);
    const alternatives: GlobToken[][] = [];
    let branches = 0;
    for (;;) {
      this.#index++;
      alternatives.push(...this.sequence(true));
      branches++;
      const stop = this.#tokens[this.#index];
      if (!stop) throw globError(this.#pattern, open.position, 'the group "{" is never closed; write \\{ for a brace.');
      if (alternatives.length > this.#maximum) throw this.#tooMany(open.position);
      if (stop.text === '}') break;
    }
    if (branches < 2) {
      throw globError(this.#pattern, open.position, 'a group needs two alternatives, as in {a,b}; write \\{ for a brace.');
    }
    this.#depth--;
    return alternatives;
  }

  #product(left: GlobToken[][], right: GlobToken[][], position: number): GlobToken[][] {
    if (left.length * right.length > this.#maximum) throw this.#tooMany(position);
    return left.flatMap((start) => right.map((end) => [...start, ...end]));
  }

  #tooMany(position: number): CalveError {
    return globError(this.#pattern, position, `its groups expand to more than ${this.#maximum} alternatives.`);
  }
}
