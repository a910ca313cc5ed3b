import type { ColumnData } from '../../columns/column-data.ts';
import { isValid } from '../../columns/column-data.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { createCellSlice, readCell } from '../../columns/read-cell.ts';
import { readValue } from '../../columns/read-value.ts';
import type { Json } from '../../json/json.ts';

const encoder = new TextEncoder();
const HEX = encoder.encode('0123456789abcdef');
const NULL = encoder.encode('null');

/** A text column of JSON objects that grows row by row, member by member, on bytes. */
export class JsonObjectColumn {
  readonly #offsets: Int32Array;
  readonly #validity: Uint8Array;
  readonly #slice = createCellSlice();
  #bytes = new Uint8Array(1024);
  #length = 0;
  #row = 0;
  /** Where the object of this row begins; -1: it has no member yet. */
  #start = -1;
  /** Rows that have an object. */
  objects = 0;

  constructor(rows: number) {
    this.#offsets = new Int32Array(rows + 1);
    this.#validity = new Uint8Array((rows + 7) >> 3);
  }

  /** A member with one value of a column. A text is a JSON text; structs, lists and maps are JSON with texts at their leaves. */
  append(name: string, column: ColumnData, type: ColumnType, index: number): void {
    this.#member(encoder.encode(JSON.stringify(name)));
    if (!isValid(column, index)) this.#raw(NULL, 0, NULL.length);
    else if (column.layout === 'cells' || column.layout === 'offsets') this.#text(readCell(column, index, this.#slice));
    else {
      const json = encoder.encode(JSON.stringify(plainValue(readValue(column, type, index), type)));
      this.#raw(json, 0, json.length);
    }
  }

  /** All members of an object that is JSON text already. */
  join(column: ColumnData, index: number): void {
    if (!isValid(column, index) || (column.layout !== 'cells' && column.layout !== 'offsets')) return;
    const { bytes, start, end } = readCell(column, index, this.#slice);
    // The braces go; what is between them stays as it is.
    if (end - start < 3) return;
    this.#begin();
    this.#raw(bytes, start + 1, end - 1);
  }

  endRow(): void {
    if (this.#start >= 0) {
      this.#byte(0x7d);
      this.#validity[this.#row >> 3]! |= 1 << (this.#row & 7);
      this.objects += 1;
    }
    this.#start = -1;
    this.#row += 1;
    this.#offsets[this.#row] = this.#length;
  }

  finish(): ColumnData {
    return { layout: 'offsets', offsets: this.#offsets, bytes: this.#bytes.slice(0, this.#length), validity: this.#validity };
  }

  #begin(): void {
    if (this.#start < 0) {
      this.#start = this.#length;
      this.#byte(0x7b);
    } else this.#byte(0x2c);
  }

  #member(name: Uint8Array): void {
    this.#begin();
    this.#raw(name, 0, name.length);
    this.#byte(0x3a);
  }

  #text({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }): void {
    this.#reserve((end - start) * 6 + 2);
    const target = this.#bytes;
    let to = this.#length;
    target[to++] = 0x22;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0x22 || byte === 0x5c) target[to++] = 0x5c;
      if (byte >= 0x20) target[to++] = byte;
      else {
        for (const escaped of [0x5c, 0x75, 0x30, 0x30, HEX[byte >> 4]!, HEX[byte & 15]!]) target[to++] = escaped;
      }
    }
    target[to++] = 0x22;
    this.#length = to;
  }

  #raw(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#length + more, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** A map as an object, unless a key is there twice: then the entries stay a list. */
function plainValue(value: Json, type: ColumnType): Json {
  if (value === null) return null;
  if (type.kind === 'struct') {
    const members = value as Record<string, Json>;
    return Object.fromEntries(type.fields.map((field) => [field.name, plainValue(members[field.name] ?? null, field.type)]));
  }
  if (type.kind === 'list') return (value as Json[]).map((element) => plainValue(element, type.element.type));
  if (type.kind !== 'map') return value;
  const entries = (value as { key: Json; value: Json }[]).map((entry) => ({
    key: entry.key,
    value: plainValue(entry.value, type.value.type),
  }));
  const isObject = new Set(entries.map(({ key }) => key)).size === entries.length;
  return isObject ? Object.fromEntries(entries.map((entry) => [String(entry.key), entry.value])) : entries;
}
