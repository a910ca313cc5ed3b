import { CalveError } from '../errors/calve-error.ts';
import { nearestNames } from '../source/nearest-names.ts';
import { type ColumnType, type Field, typeText } from './column-type.ts';

/** Types without numbers or types of their own, under the words of `typeText`. */
export const PLAIN_TYPES: ReadonlyMap<string, ColumnType> = new Map(
  (
    [
      { kind: 'boolean' },
      { kind: 'int32' },
      { kind: 'int64' },
      { kind: 'float32' },
      { kind: 'float64' },
      { kind: 'date' },
      { kind: 'time' },
      { kind: 'timestamp', unit: 'micros', zone: 'none' },
      { kind: 'timestamp', unit: 'micros', zone: 'utc' },
      { kind: 'timestamp', unit: 'nanos', zone: 'none' },
      { kind: 'timestamp', unit: 'nanos', zone: 'utc' },
      { kind: 'string' },
      { kind: 'binary' },
      { kind: 'uuid' },
    ] satisfies ColumnType[]
  ).map((type) => [typeText(type), type]),
);

const KNOWN = [...PLAIN_TYPES.keys(), 'decimal(12,2)', 'fixed(16)', 'struct<name: string>', 'list<string>', 'map<string, int64>'];
/** Deeper than any data, and far from what the stack takes. */
const MOST_LEVELS = 100;

/**
 * The type that a text of `typeText` stands for: `parseTypeText(typeText(type))` is `type`. Members, elements and values may be null, keys of maps
 * never are; ids and docs are not in the text. Spaces around words do not matter. A name of a member that holds one of `:,<>="()`, or begins or ends
 * with a space, stands in double quotes, and a double quote in it is doubled.
 *
 * @throws {CalveError} `SPEC_INVALID` (fix-input): what is wrong with it, and where.
 *
 * @example
 * parseTypeText('struct<name: string, address: struct<city: string>>')
 */
export function parseTypeText(text: string): ColumnType {
  const reader = new TypeReader(text);
  const type = reader.type(0);
  reader.end();
  return type;
}

class TypeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(level: number): ColumnType {
    if (level > MOST_LEVELS) throw this.#wrong(`there are more than ${MOST_LEVELS} types inside each other`);
    if (this.#takes(/\s*struct\s*</y)) return this.#struct(level + 1);
    if (this.#takes(/\s*list\s*</y)) {
      const element = optional('element', this.type(level + 1));
      this.#expect('>', 'at the end of the list');
      return { kind: 'list', element };
    }
    if (this.#takes(/\s*map\s*</y)) {
      const key = this.type(level + 1);
      if (key.kind === 'struct' || key.kind === 'list' || key.kind === 'map')
        throw this.#wrong('the key of a map is no struct, list or map');
      this.#expect(',', 'between key and value of the map');
      const value = optional('value', this.type(level + 1));
      this.#expect('>', 'at the end of the map');
      return { kind: 'map', key: { name: 'key', type: key, required: true }, value };
    }
    return this.#word();
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#wrong(`${JSON.stringify(this.#text.slice(this.#at))} is too much`);
  }

  #struct(level: number): ColumnType {
    const fields: Field[] = [];
    do {
      const [, quoted, plain] = this.#takes(/\s*(?:"((?:[^"]|"")*)"|([^:,<>="()]*[^:,<>="()\s]))\s*:/y) ?? [];
      const name = quoted === undefined ? plain : quoted.replaceAll('""', '"');
      if (name === undefined) throw this.#wrong('a struct has members such as <name: string>, with odd names in double quotes');
      fields.push(optional(name, this.type(level)));
    } while (this.#takes(/\s*,/y));
    this.#expect('>', 'at the end of the struct');
    return { kind: 'struct', fields };
  }

  /** A type without types inside. Its numbers may have spaces around them. */
  #word(): ColumnType {
    const start = this.#at;
    const word = this.#takes(/\s*([^,<>:()]*(?:\([^()]*\))?)\s*/y)?.[1]?.trim() ?? '';
    const plain = PLAIN_TYPES.get(word);
    if (plain) return { ...plain };
    const bytes = /^fixed\(\s*([1-9]\d{0,8})\s*\)$/.exec(word);
    if (bytes) return { kind: 'fixed', bytes: Number(bytes[1]) };
    const digits = /^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(word);
    const [precision, scale] = [Number(digits?.[1]), Number(digits?.[2])];
    if (precision >= 1 && precision <= 38 && scale <= precision) return { kind: 'decimal', precision, scale };
    this.#at = start;
    if (word.startsWith('decimal'))
      throw this.#wrong(`${JSON.stringify(word)}: a decimal has 1 to 38 digits, and from 0 to all of them after the point`);
    const [nearest] = nearestNames(word, KNOWN, { limit: 1, maximumDistance: 4 });
    const hint = nearest === undefined ? `; the types: ${KNOWN.join(', ')}` : `; did you mean ${nearest}?`;
    throw this.#wrong(word === '' ? 'a type is missing' : `there is no type ${JSON.stringify(word)}${hint}`);
  }

  #takes(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #expect(character: string, where: string): void {
    if (!this.#takes(new RegExp(`\\s*${character}\\s*`, 'y'))) throw this.#wrong(`"${character}" is missing ${where}`);
  }

  #wrong(what: string): CalveError {
    const message = `${this.#text}: ${what}${/[.?]$/.test(what) ? '' : '.'}`;
    return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input', context: { text: this.#text, at: this.#at } });
  }
}

function optional(name: string, type: ColumnType): Field {
  return { name, type, required: false };
}
