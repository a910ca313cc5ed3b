import { CalveError, type CalveErrorData, errorData } from './calve-error.ts';
import { redactCredentials, redactUserinfo } from './redact-credentials.ts';
import { secretForms } from './secret-forms.ts';

/** Deeper values are cut off: nothing that people look at is so deep, and a cycle would never end. */
const MAX_DEPTH = 64;

/** So many characters at a place tell whether a secret may begin there. */
const PREFIX = 4;

/** Names of properties, and values of these, are words that programs act on: a secret such as `plan` must not turn `planned` into another one. */
const WORDS: ReadonlySet<string> = new Set(['kind', 'code', 'severity', 'state', 'outcome', 'reason', 'origin']);
/** A secret that is found in such a word is a secret only when it is so long that it is not there by chance. */
const LEAST_LENGTH_IN_WORDS = 8;

/** Forms of secrets that begin with the same characters. */
interface Forms {
  /** What stands in place of each. */
  replacements: Map<string, string>;
  /** Their lengths, longest first: tokens of one kind begin alike and are as long as each other, however many there are. */
  lengths: number[];
}

/**
 * Takes secrets out of everything that leaves Calve: values that were handed out as secrets, in any of their usual forms, and whatever looks
 * like a credential. There is one per Calve instance; it never forgets a value.
 *
 * Time is linear in the length of a text, however many secrets there are.
 */
export class Redactor {
  /** By their first characters. */
  readonly #forms = new Map<number, Forms>();
  readonly #known = new Set<string>();
  /** 1 for the first two characters of a form, as far as two bytes tell them: most places of a text are ruled out by that. */
  readonly #beginnings = new Uint8Array(65_536);

  /** From now on `value` becomes `[secret <name>]`. Values of less than 4 characters are not looked for: they are in every text. */
  remember(name: string, value: string): void {
    const replacement = `[secret ${name}]`;
    const identity = `${name}\0${value}`;
    if (this.#known.has(identity)) return;
    this.#known.add(identity);
    for (const text of secretForms(value)) {
      const key = prefixAt(text, 0);
      this.#beginnings[beginningAt(text, 0)] = 1;
      const forms = this.#forms.get(key) ?? { replacements: new Map<string, string>(), lengths: [] };
      this.#forms.set(key, forms);
      if (!forms.replacements.has(text)) forms.replacements.set(text, replacement);
      if (!forms.lengths.includes(text.length)) forms.lengths = [...forms.lengths, text.length].sort((a, b) => b - a);
    }
  }

  /** The text without secrets. */
  text(text: string): string {
    return redactCredentials(this.#withoutKnown(text));
  }

  /**
   * The value without secrets, in names of properties too; the very same one when there are none in it. What is no plain JSON becomes some: an
   * error its data, another object its own properties, a function its name.
   */
  json<T>(value: T): T {
    return this.#copy(value, 0) as T;
  }

  /** An address without credentials. Its path stays as it is: it names a file, whatever it looks like. */
  uri(uri: string): string {
    const query = uri.indexOf('?');
    return query < 0 ? redactUserinfo(uri) : redactUserinfo(uri.slice(0, query)) + this.text(uri.slice(query));
  }

  /** The data of an error without secrets. */
  errorData(error: unknown): CalveErrorData {
    return this.json(errorData(error));
  }

  /**
   * What is thrown to the host instead of `error`: a new `CalveError` of the same code, message and stack without secrets. Nothing else that hangs
   * on the error comes along, such as the request that an SDK keeps there.
   */
  error(error: unknown): CalveError {
    const clean = CalveError.from(this.errorData(error));
    const stack = stackOf(error);
    Object.defineProperty(clean, 'stack', {
      value: stack === null ? `${clean.name}: ${clean.message}` : this.text(stack),
      configurable: true,
      writable: true,
      enumerable: false,
    });
    return clean;
  }

  /** A word that programs act on, without secrets that cannot be there by chance. */
  #word(word: string): string {
    return redactCredentials(this.#withoutKnown(word, LEAST_LENGTH_IN_WORDS));
  }

  #withoutKnown(text: string, leastLength = 0): string {
    if (this.#forms.size === 0) return text;
    let clean = '';
    let copied = 0;
    for (let at = 0; at + PREFIX <= text.length; at += 1) {
      if (this.#beginnings[beginningAt(text, at)] === 0) continue;
      const known = this.#knownAt(text, at, leastLength);
      if (!known) continue;
      clean += text.slice(copied, at) + known.replacement;
      copied = at + known.length;
      at = copied - 1;
    }
    return copied === 0 ? text : clean + text.slice(copied);
  }

  #knownAt(text: string, at: number, leastLength: number): { length: number; replacement: string } | null {
    const forms = this.#forms.get(prefixAt(text, at));
    for (const length of forms?.lengths ?? []) {
      if (length < leastLength) break;
      const replacement = forms?.replacements.get(text.slice(at, at + length));
      if (replacement !== undefined) return { length, replacement };
    }
    return null;
  }

  #copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'function' || typeof value === 'symbol')
      return this.text(String((value as { name?: string }).name ?? ''));
    if (value === null || typeof value !== 'object') return value;
    if (depth >= MAX_DEPTH) return '[too deep]';
    try {
      return this.#copyObject(value, depth);
    } catch {
      // A getter that throws must not stop what is being told; what it would have given is not told either.
      return '[unreadable]';
    }
  }

  /** Nearly everything has nothing to take out, so a copy is begun with the first thing that differs. */
  #copyObject(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#copy(errorData(value), depth + 1);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return this.#copyArray(value, depth);
    if (value instanceof Map) return this.#copyMembers(Object.fromEntries(value), depth);
    if (value instanceof Set) return this.#copyArray([...value], depth);
    return this.#copyMembers(value as Record<string, unknown>, depth);
  }

  #copyArray(value: readonly unknown[], depth: number): readonly unknown[] {
    const hasMore = Reflect.ownKeys(value).length !== value.length + 1;
    let copy: unknown[] | null = hasMore ? [] : null;
    for (const [index, item] of value.entries()) {
      const clean = this.#copy(item, depth + 1);
      if (clean !== item) copy ??= value.slice(0, index);
      copy?.push(clean);
    }
    return copy ?? value;
  }

  #copyMembers(value: Record<string, unknown>, depth: number): object {
    const names = Object.keys(value);
    let copy: object | null = isPlain(value) ? null : {};
    for (const [index, name] of names.entries()) {
      const member = value[name];
      const cleanName = this.#word(name);
      const clean = typeof member === 'string' && WORDS.has(name) ? this.#word(member) : this.#copy(member, depth + 1);
      if (copy === null && (cleanName !== name || clean !== member)) {
        copy = {};
        for (const earlier of names.slice(0, index)) define(copy, earlier, value[earlier]);
      }
      if (copy !== null) define(copy, cleanName, clean);
    }
    return copy ?? value;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0;
}

/** Assigning to `__proto__` would change the prototype instead. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Where it was thrown; `null` when that cannot be told. */
function stackOf(error: unknown): string | null {
  try {
    return error instanceof Error && typeof error.stack === 'string' ? error.stack : null;
  } catch {
    // An object that refuses to be looked at.
    return null;
  }
}

function beginningAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

/** A number that is the same for texts with the same first characters at a place. */
function prefixAt(text: string, at: number): number {
  let key = 0;
  for (let index = at; index < at + PREFIX; index += 1) key = (Math.imul(key, 65_599) + text.charCodeAt(index)) | 0;
  return key;
}
