// Twin of `scan` in packages/format-csv/src/plain-record-scanner.ts, from places that are known.

const CARRIAGE_RETURN: i32 = 0x0d;
const LINE_FEED: i32 = 0x0a;

const RAW: u8 = 0;
const QUOTED: u8 = 1;
const NULL: u8 = 3;

/** Records that are taken together: their places are read once per column. */
const MOST_TOGETHER: i32 = 256;

// The control block: offsets of words of 4 bytes, and of one of 8. packages/format-csv/src/scan-control.ts has them too.
const LINE: usize = 0;
const NEXT: usize = 8;
const OTHER: usize = 12;
const POSITION: usize = 16;
const ROW: usize = 20;
const FIRST_START: usize = 24;
const TAIL: usize = 28;
const LONGEST: usize = 32;
const DELIMITER: usize = 36;
const QUOTE: usize = 40;
const COMMENT: usize = 44;
const STOP: usize = 48;
const IS_PAIR: usize = 52;
const LAST_STOP: usize = 56;
const RECORD_BYTES: usize = 60;
const WIDTH: usize = 64;
const CAPACITY: usize = 68;
const MOST_ROWS: usize = 72;
const MOST_BYTES: usize = 76;
const SOURCE_BYTES: usize = 80;
const SOURCE: usize = 84;
const PLACES: usize = 88;
const OTHERS: usize = 92;
const BOUNDS: usize = 96;
const KINDS: usize = 100;
const LINES: usize = 104;

const TO_THE_END: i32 = 0;
const MOST_ROWS_REACHED: i32 = 1;
const MOST_BYTES_REACHED: i32 = 2;

// @ts-ignore: a decorator of the compiler
@inline
function wordAt(words: i32, index: i32): i32 {
  return load<i32>(<usize>(words + (index << 2)));
}

// @ts-ignore: a decorator of the compiler
@inline
function byteAt(bytes: i32, index: i32): i32 {
  return <i32>load<u8>(<usize>(bytes + index));
}

// @ts-ignore: a decorator of the compiler
@inline
function write(words: i32, index: i32, value: i32): void {
  store<i32>(<usize>(words + (index << 2)), value);
}

// @ts-ignore: a decorator of the compiler
@inline
function isLineEnd(byte: i32): bool {
  return byte == CARRIAGE_RETURN || byte == LINE_FEED;
}

/**
 * Reads records into columns, from place to place of a block, as long as nothing about them is special: see `RecordScanner`. Of quoted cells with
 * doubled quotes it writes the text behind the data, as long as the line end is LF or the cell has none.
 *
 * @param control What there is to know: offset of the control block, whose first words are updated.
 * @returns 1: there are as many rows as asked for; 2: the next row would exceed the bytes of a batch; 0: the next record is behind the block, or
 *   the twin has to look at it.
 */
export function scanRecords(control: i32): i32 {
  const block = <usize>control;
  const source = load<i32>(block, SOURCE);
  const places = load<i32>(block, PLACES);
  const others = load<i32>(block, OTHERS);
  const bounds = load<i32>(block, BOUNDS);
  const kinds = load<i32>(block, KINDS);
  const lines = load<i32>(block, LINES);
  const delimiter = load<i32>(block, DELIMITER);
  const quote = load<i32>(block, QUOTE);
  const comment = load<i32>(block, COMMENT);
  const stop = load<i32>(block, STOP);
  const isPair = load<i32>(block, IS_PAIR) != 0;
  const lastStop = load<i32>(block, LAST_STOP);
  const recordBytes = load<i32>(block, RECORD_BYTES);
  const width = load<i32>(block, WIDTH);
  const capacity = load<i32>(block, CAPACITY);
  const mostRows = load<i32>(block, MOST_ROWS);
  const mostBytes = load<i32>(block, MOST_BYTES);
  const sourceBytes = load<i32>(block, SOURCE_BYTES);
  const stopBytes = isPair ? 2 : 1;
  const lastColumn = (width - 1) * capacity;
  const records = width * 2 * capacity;

  let line = load<f64>(block, LINE);
  let next = load<i32>(block, NEXT);
  let other = load<i32>(block, OTHER);
  let position = load<i32>(block, POSITION);
  let row = load<i32>(block, ROW);
  let firstStart = load<i32>(block, FIRST_START);
  let tail = load<i32>(block, TAIL);
  let longest = load<i32>(block, LONGEST);
  let end = TO_THE_END;

  while (next <= lastStop) {
    if (row >= mostRows) {
      end = MOST_ROWS_REACHED;
      break;
    }
    const lastTogether = min(row + MOST_TOGETHER, mostRows);
    let first = row;
    // Rows from here to the capacity hold the cells of records with quotes, until those of the others are written.
    let aside = capacity;
    let goesOn = true;
    while (next <= lastStop && row < min(lastTogether, aside)) {
      while (wordAt(others, other) < next) other++;

      // A record without quotes: its cells are written later, together with those of others.
      let entry = next + width - 1;
      if (wordAt(others, other) == entry) {
        const at = wordAt(places, entry);
        const fits = row == 0 || at - firstStart + tail <= mostBytes;
        const isWhole = !isPair || byteAt(source, at + 1) == LINE_FEED;
        if (
          at != position &&
          byteAt(source, at) == stop &&
          byteAt(source, position) != comment &&
          isWhole &&
          !isLineEnd(byteAt(source, at - 1)) &&
          at - position <= recordBytes &&
          fits
        ) {
          if (row == 0) firstStart = position;
          write(bounds, row, next);
          write(bounds, records + row, position);
          write(bounds, records + capacity + row, at);
          store<f64>(<usize>(lines + (row << 3)), line);
          const following = at + stopBytes;
          if (following - position > longest) longest = following - position;
          position = following;
          row++;
          line += 1;
          next += width;
          other++;
          continue;
        }
      }

      if (byteAt(source, position) == comment) {
        goesOn = false;
        break;
      }
      // As long as no record waits, its cells need not wait either.
      const target = row == first ? row : aside - 1;
      if (target == row && row > first) break;
      const firstTail = tail;
      let start = position;
      let at = wordAt(places, next);
      let byte = byteAt(source, at);
      let innerLines = 0;
      let column = 0;
      let isTaken = true;
      entry = next;
      for (;;) {
        let cellStart = start;
        let cellEnd = at;
        let kind = RAW;
        if (byte != quote || at != start) {
          // Quotes inside of a cell that does not begin with one are text, and so is half of a line end.
          while (byte != delimiter && (byte == quote || (isPair && byteAt(source, at + 1) != LINE_FEED))) {
            entry++;
            at = wordAt(places, entry);
            byte = byteAt(source, at);
          }
          cellEnd = at;
          if (at == start) {
            if (byte != delimiter && at == position) {
              isTaken = false;
              break;
            }
            kind = NULL;
          }
        } else {
          kind = QUOTED;
          cellStart += 1;
          let doubled = 0;
          let isClosed = false;
          for (;;) {
            entry++;
            at = wordAt(places, entry);
            byte = byteAt(source, at);
            if (byte == delimiter) continue;
            if (byte != quote) {
              // A line end becomes an LF, which is for the twin unless it is one.
              if (stop != LINE_FEED || entry >= lastStop) break;
              innerLines++;
              continue;
            }
            // It is not the last place: that is a line end.
            if (wordAt(places, entry + 1) != at + 1) break;
            byte = byteAt(source, at + 1);
            if (byte == quote) {
              doubled++;
              entry++;
              continue;
            }
            isClosed = byte == delimiter || !isPair || byteAt(source, at + 2) == LINE_FEED;
            break;
          }
          if (!isClosed) {
            isTaken = false;
            break;
          }
          cellEnd = at;
          entry++;
          at++;
          if (doubled > 0) {
            const bytes = cellEnd - cellStart - doubled;
            // As the twin does it, the quote that opens goes along.
            if (tail + 1 + bytes > sourceBytes) {
              isTaken = false;
              break;
            }
            store<u8>(<usize>(source + tail), <u8>quote);
            copyWithoutDoubled(source, cellStart, cellEnd, tail + 1, quote);
            cellStart = tail + 1;
            cellEnd = cellStart + bytes;
            tail = cellEnd;
          }
        }
        const place = column * 2 + target;
        write(bounds, place, cellStart);
        write(bounds, place + capacity, cellEnd);
        store<u8>(<usize>(kinds + column + target), kind);
        if (byte != delimiter) break;
        if (column == lastColumn) {
          isTaken = false;
          break;
        }
        column += capacity;
        start = at + 1;
        entry++;
        at = wordAt(places, entry);
        byte = byteAt(source, at);
      }
      if (!isTaken || column != lastColumn || isLineEnd(byteAt(source, at - 1)) || at - position > recordBytes) {
        tail = firstTail;
        goesOn = false;
        break;
      }
      if (row == 0) firstStart = position;
      else if (at - firstStart + tail > mostBytes) {
        tail = firstTail;
        end = MOST_BYTES_REACHED;
        goesOn = false;
        break;
      }
      if (target == row) first++;
      else {
        aside = target;
        write(bounds, records + target, row);
        // Like those of the others they are written first, and what they are comes from there.
        write(bounds, row, next);
      }
      write(bounds, records + row, position);
      write(bounds, records + capacity + row, at);
      store<f64>(<usize>(lines + (row << 3)), line);
      row++;
      line += <f64>(1 + innerLines);
      const nextPosition = at + stopBytes;
      if (nextPosition - position > longest) longest = nextPosition - position;
      position = nextPosition;
      next = entry + 1;
    }
    fillRows(places, bounds, kinds, first, row, width, capacity);
    for (let from = aside; from < capacity; from++) moveRow(bounds, kinds, from, wordAt(bounds, records + from), width, capacity);
    if (!goesOn) break;
  }

  store<f64>(block, line, LINE);
  store<i32>(block, next, NEXT);
  store<i32>(block, other, OTHER);
  store<i32>(block, position, POSITION);
  store<i32>(block, row, ROW);
  store<i32>(block, tail, TAIL);
  store<i32>(block, longest, LONGEST);
  return end;
}

/**
 * Writes the cells of records without quotes, column by column.
 *
 * @param first The first row. @param end Behind the last. The start of the first cell of each is the number of its first place before.
 */
function fillRows(places: i32, bounds: i32, kinds: i32, first: i32, end: i32, width: i32, capacity: i32): void {
  const entries = bounds + (first << 2);
  for (let column = width - 1; column > 0; column--) {
    let start = bounds + ((column * 2 * capacity + first) << 2);
    let stop = start + (capacity << 2);
    let kind = kinds + column * capacity + first;
    const kindsEnd = kind + end - first;
    const place = places + (column << 2);
    for (let entry = entries; kind < kindsEnd; entry += 4, start += 4, stop += 4, kind++) {
      const at = place + (load<i32>(<usize>entry) << 2);
      const from = load<i32>(<usize>(at - 4)) + 1;
      const to = load<i32>(<usize>at);
      store<i32>(<usize>start, from);
      store<i32>(<usize>stop, to);
      store<u8>(<usize>kind, from == to ? NULL : RAW);
    }
  }
  const records = width * 2 * capacity;
  for (let row = first; row < end; row++) {
    const from = wordAt(bounds, records + row);
    const to = wordAt(places, wordAt(bounds, row));
    write(bounds, row, from);
    write(bounds, capacity + row, to);
    store<u8>(<usize>(kinds + row), from == to ? NULL : RAW);
  }
}

/** Copies the cells of a row to another. */
function moveRow(bounds: i32, kinds: i32, from: i32, to: i32, width: i32, capacity: i32): void {
  const distance = <usize>((to - from) << 2);
  let kind = kinds + from;
  let bound = <usize>(bounds + (from << 2));
  for (let column = 0; column < width; column++) {
    store<i32>(bound + distance, load<i32>(bound));
    bound += <usize>(capacity << 2);
    store<i32>(bound + distance, load<i32>(bound));
    bound += <usize>(capacity << 2);
    store<u8>(<usize>(kind + to - from), load<u8>(<usize>kind));
    kind += capacity;
  }
}

/** Copies `source[from, to)` to `target`, of two quotes the second one. */
function copyWithoutDoubled(source: i32, from: i32, to: i32, target: i32, quote: i32): void {
  let write = <usize>(source + target);
  for (let at = from; at < to; at++, write++) {
    const byte = byteAt(source, at);
    if (byte == quote) at++;
    store<u8>(write, <u8>byte);
  }
}
