import type { GrowingBytes } from './growing-bytes.ts';

const TRUE = 1;
const FALSE = 2;
const INT32 = 5;
const INT64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

const encoder = new TextEncoder();

/**
 * Writes structs in Thrift's compact protocol. Fields are written in ascending order of their ids; integers are below
 * 2^52, with either sign.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class CompactThrift {
  readonly #out: GrowingBytes;
  /** Id of the last field of the struct that is being written, and of the structs around it. */
  #last = 0;
  readonly #outer: number[] = [];

  /** @param out Everything is appended here; the struct at the top is begun already. */
  constructor(out: GrowingBytes) {
    this.#out = out;
  }

  int32(id: number, value: number): void {
    this.#field(id, INT32);
    this.#zigzag(value);
  }

  int64(id: number, value: number): void {
    this.#field(id, INT64);
    this.#zigzag(value);
  }

  boolean(id: number, value: boolean): void {
    this.#field(id, value ? TRUE : FALSE);
  }

  binary(id: number, value: Uint8Array | string): void {
    this.#field(id, BINARY);
    this.#bytes(value);
  }

  int32List(id: number, values: readonly number[]): void {
    this.#list(id, INT32, values.length);
    for (const value of values) this.#zigzag(value);
  }

  textList(id: number, values: readonly string[]): void {
    this.#list(id, BINARY, values.length);
    for (const value of values) this.#bytes(value);
  }

  /** A struct; `write` writes its fields. */
  struct(id: number, write: (thrift: CompactThrift) => void): void {
    this.#field(id, STRUCT);
    this.#struct(() => write(this));
  }

  /** A list of structs; `write` writes the fields of one of them. */
  structList<Item>(id: number, items: readonly Item[], write: (thrift: CompactThrift, item: Item) => void): void {
    this.#list(id, STRUCT, items.length);
    for (const item of items) this.#struct(() => write(this, item));
  }

  /** A list of structs that were written before, each with its end. @param bytes All of them, one behind the other. */
  writtenStructs(id: number, count: number, bytes: Uint8Array): void {
    this.#list(id, STRUCT, count);
    this.#out.append(bytes);
  }

  /** Ends the struct at the top. */
  end(): void {
    this.#out.byte(0);
  }

  #struct(write: () => void): void {
    this.#outer.push(this.#last);
    this.#last = 0;
    write();
    this.#out.byte(0);
    this.#last = this.#outer.pop()!;
  }

  #field(id: number, type: number): void {
    const step = id - this.#last;
    this.#last = id;
    if (step <= 15) {
      this.#out.byte((step << 4) | type);
      return;
    }
    this.#out.byte(type);
    this.#zigzag(id);
  }

  #list(id: number, type: number, size: number): void {
    this.#field(id, LIST);
    if (size < 15) {
      this.#out.byte((size << 4) | type);
      return;
    }
    this.#out.byte(0xf0 | type);
    this.#out.varint(size);
  }

  #zigzag(value: number): void {
    this.#out.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  #bytes(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    this.#out.varint(bytes.length);
    this.#out.append(bytes);
  }
}
