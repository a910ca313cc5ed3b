/**
 * Text of a JSON value that depends on its content only: object keys sorted by code unit, members that are `undefined` left
 * out, no white space. Two values with the same content give the same text, so it can be hashed and compared.
 *
 * @param value Plain JSON, or an interface made of it.
 */
export function canonicalJson(value: unknown): string {
  const pieces: string[] = [];
  writeCanonicalJson(value, (piece) => pieces.push(piece));
  return pieces.join('');
}

/**
 * Gives the same text in pieces, so that a large value can be hashed without holding it as text. A piece never ends inside a string, so no
 * character is cut.
 */
export function writeCanonicalJson(value: unknown, write: (piece: string) => void): void {
  new CanonicalWriter(write).value(value);
}

/** Leaves little behind: plans of wide tables have a million members, with few different names. */
class CanonicalWriter {
  readonly #write: (piece: string) => void;
  /** Names of members as they are written, colon included. */
  readonly #names = new Map<string, string>();

  constructor(write: (piece: string) => void) {
    this.#write = write;
  }

  value(value: unknown): void {
    if (Array.isArray(value)) this.#items(value);
    else if (value !== null && typeof value === 'object') this.#members(value as Record<string, unknown>);
    else this.#write(JSON.stringify(value));
  }

  #items(items: readonly unknown[]): void {
    this.#write('[');
    for (let index = 0; index < items.length; index += 1) {
      if (index > 0) this.#write(',');
      this.value(items[index] === undefined ? null : items[index]);
    }
    this.#write(']');
  }

  #members(members: Readonly<Record<string, unknown>>): void {
    this.#write('{');
    let isFirst = true;
    for (const name of sorted(Object.keys(members))) {
      if (members[name] === undefined) continue;
      if (!isFirst) this.#write(',');
      isFirst = false;
      this.#write(this.#quoted(name));
      this.value(members[name]);
    }
    this.#write('}');
  }

  #quoted(name: string): string {
    let quoted = this.#names.get(name);
    if (quoted === undefined) {
      quoted = `${JSON.stringify(name)}:`;
      if (this.#names.size < 1000) this.#names.set(name, quoted);
    }
    return quoted;
  }
}

/** By code unit, in place: most objects have a handful of members, and the built-in sort copies them. */
function sorted(names: string[]): string[] {
  if (names.length > 32) return names.sort();
  for (let index = 1; index < names.length; index += 1) {
    const name = names[index] as string;
    let at = index;
    for (; at > 0 && (names[at - 1] as string) > name; at -= 1) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}
