import type { CellsColumn, ColumnBatch, Field, BatchMemory as Memory } from '@calve/core/plugin';
import { BatchMemory, createColumnBatch, giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import type { CellIndex } from './cell-index.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
import { csvKernels } from './csv-kernels.ts';

/** Where the cells of collected rows stand. The rows follow one another and lie in one chunk. */
export interface CellSource {
  /** Data and rewritten cells, up to the last one in use. */
  bytes: Uint8Array;
  /** Place of `bytes[0]` in the decompressed content, or where a byte of it stands in content of another encoding. */
  byteOffset: number | ((at: number) => number);
  /** Owner of `bytes`. */
  memory: Memory;
}

/** What is among the kinds of a column. */
const HAS_QUOTED = 1;
const HAS_NULL = 2;

/** Cells that fit into the first buffers. */
const FIRST_CELLS = 32 * 1024;
/** A batch has buffers for at most so many times its rows. */
const MOST_UNUSED = 4;

/** Memory of one batch, for `capacity` rows. */
interface RowBuffers {
  capacity: number;
  /** All of it in one piece, which is to be given back. */
  bytes: Uint8Array;
  /** Column after column: `capacity` starts, then as many ends. Behind the last column the same of the records. */
  bounds: Uint32Array;
  /** Column after column, what `CellIndex` calls kinds. */
  kinds: Uint8Array;
  lines: Float64Array;
  byteOffsets: Float64Array;
  bitmaps: Uint8Array;
}

const NO_ROWS: RowBuffers = {
  capacity: 0,
  bytes: new Uint8Array(0),
  bounds: new Uint32Array(0),
  kinds: new Uint8Array(0),
  lines: new Float64Array(0),
  byteOffsets: new Float64Array(0),
  bitmaps: new Uint8Array(0),
};

/**
 * Rows on their way into a batch, column by column from the beginning. The buffers grow with the largest batch so far. Whoever has no further
 * rows closes it.
 *
 * Who fills a row writes all of its cells and then raises `rows`; what stands behind the last row means nothing.
 */
export class CellColumns {
  /** How many rows are complete. */
  rows = 0;
  readonly width: number;

  readonly #fields: readonly Field[];
  /** For so many rows the next buffers are taken. */
  #room: number;
  #buffers: RowBuffers = NO_ROWS;

  /** @param contentBytes As many bytes of content as a batch may be of, if that is known: a cell takes one at least. */
  constructor(fields: readonly Field[], contentBytes = FIRST_CELLS) {
    this.#fields = fields;
    this.width = fields.length;
    this.#room = roomFor(Math.min(FIRST_CELLS, Math.max(16, contentBytes)) / Math.max(1, this.width));
  }

  /** Gives the memory back that no batch has. */
  close(): void {
    giveBytesBack(this.#buffers.bytes);
    this.#buffers = NO_ROWS;
    this.rows = 0;
  }

  /** Rows that there is room for; also the distance between the starts of a column and its ends, and from there to the next column. */
  get capacity(): number {
    return this.#buffers.capacity;
  }

  /** Cell bounds and, behind the last column, those of the records: `capacity` starts, `capacity` ends, and so on. */
  get bounds(): Uint32Array {
    return this.#buffers.bounds;
  }

  /** `capacity` kinds per column. */
  get kinds(): Uint8Array {
    return this.#buffers.kinds;
  }

  /** On which line each record begins. */
  get lines(): Float64Array {
    return this.#buffers.lines;
  }

  /** Where the first record begins; there is one. */
  get firstStart(): number {
    return this.#buffers.bounds[this.width * 2 * this.capacity] as number;
  }

  /** Makes room for a further row. */
  makeRoom(): void {
    if (this.rows === this.capacity) this.#grow();
  }

  /** Adds the row whose cells are the last `width` of an index. */
  add(index: CellIndex, start: number, end: number, line: number): void {
    this.makeRoom();
    const { rows, width, capacity, bounds, kinds } = this;
    let cell = index.count - width;
    let place = rows;
    for (let column = 0; column < width; column += 1, cell += 1, place += 2 * capacity) {
      bounds[place] = index.starts[cell] as number;
      bounds[place + capacity] = index.ends[cell] as number;
      kinds[column * capacity + rows] = index.kinds[cell] as number;
    }
    bounds[place] = start;
    bounds[place + capacity] = end;
    this.lines[rows] = line;
    this.rows += 1;
  }

  /**
   * A batch of text columns over the bytes of a chunk, which stay borrowed until it is released. There are no rows afterwards.
   *
   * @param firstRecordInRange Data records before the first row.
   */
  take(source: CellSource, firstRecordInRange: number): ColumnBatch {
    const { bytes } = source;
    const { rows, width } = this;
    // A small batch may be kept with many others: it does not take much more memory than it needs.
    const isSmall = rows * MOST_UNUSED < this.capacity;
    const buffers = isSmall ? copyRows(this.#buffers, rows, rows, width) : this.#buffers;
    const { capacity, bounds, lines, byteOffsets } = buffers;
    const columns = Array.from({ length: width }, (_, column) => cellsColumn(buffers, column, rows, bytes));
    const first = width * 2 * capacity;
    const starts = bounds.subarray(first, first + rows);
    const ends = bounds.subarray(first + capacity, first + capacity + rows);
    fillByteOffsets(byteOffsets, starts, source.byteOffset);

    source.memory.retain();
    const memory = new BatchMemory([buffers.bytes], () => {
      giveBytesBack(buffers.bytes);
      source.memory.release();
    });
    const records = { source: bytes, starts, ends, lines: lines.subarray(0, rows) };
    const parts = {
      fields: this.#fields,
      columns,
      rows,
      byteOffsets: byteOffsets.subarray(0, rows),
      firstRecordInRange,
      records,
    };
    const batch = createColumnBatch(parts, memory);
    // The batch is the only owner from here on.
    memory.release();
    this.rows = 0;
    if (!isSmall) this.#buffers = NO_ROWS;
    return batch;
  }

  #grow(): void {
    const { capacity, bytes } = this.#buffers;
    if (capacity > 0) this.#room = roomFor(capacity * 2);
    this.#buffers = copyRows(this.#buffers, this.rows, this.#room, this.width);
    giveBytesBack(bytes);
  }
}

/** Room for as many rows, or a few more: not a power of two, so that the cells of a row do not compete for few places in a cache. */
function roomFor(rows: number): number {
  const rounded = Math.ceil(rows / 16) * 16;
  return rounded % 1024 === 0 ? rounded + 16 : rounded;
}

/** What they hold means nothing. */
function takeBuffers(capacity: number, width: number): RowBuffers {
  const places = capacity * 8;
  const bounds = capacity * (width * 2 + 2);
  const kinds = capacity * width;
  const bitmaps = ((capacity + 7) >> 3) * width;
  const bytes = takeBytes(places * 2 + bounds * 4 + kinds + bitmaps);
  const { buffer, byteOffset: first } = bytes;
  const firstKind = first + places * 2 + bounds * 4;
  return {
    capacity,
    bytes,
    lines: new Float64Array(buffer, first, capacity),
    byteOffsets: new Float64Array(buffer, first + places, capacity),
    bounds: new Uint32Array(buffer, first + places * 2, bounds),
    kinds: new Uint8Array(buffer, firstKind, kinds),
    bitmaps: new Uint8Array(buffer, firstKind + kinds, bitmaps),
  };
}

/** The first rows of other buffers, with room for `capacity` rows. */
function copyRows(from: RowBuffers, rows: number, capacity: number, width: number): RowBuffers {
  const to = takeBuffers(capacity, width);
  // The first buffers of a file are copies of none.
  if (rows === 0) return to;
  copyColumns(from.bounds, from.capacity, to.bounds, capacity, width * 2 + 2, rows);
  copyColumns(from.kinds, from.capacity, to.kinds, capacity, width, rows);
  copyColumns(from.lines, from.capacity, to.lines, capacity, 1, rows);
  return to;
}

/** Up to so many values are copied one by one, which costs less than a view of them. */
const FEW_ROWS = 128;

function copyColumns<Values extends Uint32Array | Uint8Array | Float64Array>(
  from: Values,
  fromCapacity: number,
  to: Values,
  toCapacity: number,
  columns: number,
  rows: number,
): void {
  for (let column = 0; column < columns; column += 1) {
    const first = column * fromCapacity;
    const place = column * toCapacity;
    if (rows > FEW_ROWS) to.set(from.subarray(first, first + rows), place);
    else for (let row = 0; row < rows; row += 1) to[place + row] = from[first + row] as number;
  }
}

function cellsColumn(buffers: RowBuffers, column: number, rows: number, source: Uint8Array): CellsColumn {
  const { capacity, bounds } = buffers;
  const first = column * 2 * capacity;
  const starts = bounds.subarray(first, first + rows);
  const ends = bounds.subarray(first + capacity, first + capacity + rows);
  const firstKind = column * capacity;
  const firstBitmap = column * ((capacity + 7) >> 3);
  const states = cellStates(buffers, firstKind, rows, firstBitmap);
  const data: CellsColumn & { validity?: Uint8Array } = { layout: 'cells', source, starts, ends, escaping: 'none' };
  if ((states & HAS_QUOTED) !== 0) data.quoted = buffers.kinds.subarray(firstKind, firstKind + rows);
  if ((states & HAS_NULL) !== 0) data.validity = buffers.bitmaps.subarray(firstBitmap, firstBitmap + ((rows + 7) >> 3));
  return data;
}

/** What is among the kinds of a column, and which cells are not null: of a column without null cells the bitmap means nothing. */
function cellStates({ kinds, bitmaps }: RowBuffers, firstKind: number, rows: number, firstBitmap: number): number {
  const kernels = csvKernels.current;
  const at = kernels === null ? -1 : offsetInArena(kinds);
  if (kernels !== null && at >= 0) return kernels.cellStates(at + firstKind, rows, offsetInArena(bitmaps) + firstBitmap);
  const own = kinds.subarray(firstKind, firstKind + rows);
  const hasQuoted = own.includes(QUOTED_CELL) ? HAS_QUOTED : 0;
  if (!own.includes(NULL_CELL)) return hasQuoted;
  for (let first = 0; first < rows; first += 8) {
    const count = Math.min(8, rows - first);
    let bits = 0;
    for (let bit = 0; bit < count; bit += 1) bits |= (own[first + bit] === NULL_CELL ? 0 : 1) << bit;
    bitmaps[firstBitmap + (first >> 3)] = bits;
  }
  return hasQuoted | HAS_NULL;
}

function fillByteOffsets(offsets: Float64Array, starts: Uint32Array, byteOffset: CellSource['byteOffset']): void {
  if (typeof byteOffset === 'number') {
    // In the first chunk, which is all of a small file, that is all.
    offsets.set(starts);
    if (byteOffset > 0) for (let row = 0; row < starts.length; row += 1) offsets[row] = byteOffset + (starts[row] as number);
  } else {
    for (let row = 0; row < starts.length; row += 1) offsets[row] = byteOffset(starts[row] as number);
  }
}
