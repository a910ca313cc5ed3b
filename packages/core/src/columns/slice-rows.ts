import type { ColumnBatchParts, RecordBytes } from './column-batch.ts';
import type { ColumnData } from './column-data.ts';

/**
 * Some consecutive rows of a batch, mostly as views of its memory: they hold as long as it does.
 *
 * @param from The first row. @param to Behind the last one.
 */
export function sliceRows(parts: ColumnBatchParts, from: number, to: number): ColumnBatchParts {
  const { byteOffsets, records, firstRecordInRange = 0 } = parts;
  return {
    fields: parts.fields,
    columns: parts.columns.map((column) => sliceColumn(column, from, to)),
    rows: to - from,
    firstRecordInRange: firstRecordInRange + from,
    ...(byteOffsets ? { byteOffsets: byteOffsets.subarray(from, to) } : {}),
    ...(records ? { records: sliceRecords(records, from, to) } : {}),
  };
}

function sliceRecords({ source, starts, ends, lines }: RecordBytes, from: number, to: number): RecordBytes {
  return {
    source,
    starts: starts.subarray(from, to),
    ends: ends.subarray(from, to),
    ...(lines ? { lines: lines.subarray(from, to) } : {}),
  };
}

function sliceColumn(column: ColumnData, from: number, to: number): ColumnData {
  const validity = column.validity ? { validity: sliceBits(column.validity, from, to) } : {};
  switch (column.layout) {
    case 'fixed': {
      const { width, values } = column;
      const sliced = width === 0 ? sliceBits(values, from, to) : values.subarray(from * width, to * width);
      return { layout: 'fixed', width, values: sliced, ...validity };
    }
    case 'offsets': {
      const { offsets, bytes } = column;
      return {
        layout: 'offsets',
        offsets: rebased(offsets, from, to),
        bytes: bytes.subarray(offsets[from], offsets[to]),
        ...validity,
      };
    }
    case 'cells': {
      const { quoted, validity: _, ...rest } = column;
      const starts = column.starts.subarray(from, to);
      const ends = column.ends.subarray(from, to);
      return { ...rest, starts, ends, ...(quoted ? { quoted: quoted.subarray(from, to) } : {}), ...validity };
    }
    case 'dictionary':
      return { layout: 'dictionary', indexes: column.indexes.subarray(from, to), values: column.values, ...validity };
    case 'struct':
      return { layout: 'struct', children: column.children.map((child) => sliceColumn(child, from, to)), ...validity };
    case 'list': {
      const { offsets, element } = column;
      const members = sliceColumn(element, offsets[from] ?? 0, offsets[to] ?? 0);
      return { layout: 'list', offsets: rebased(offsets, from, to), element: members, ...validity };
    }
  }
}

/** Offsets of the rows, the first of which is 0. */
function rebased(offsets: Int32Array, from: number, to: number): Int32Array {
  const first = offsets[from] ?? 0;
  return offsets.slice(from, to + 1).map((offset) => offset - first);
}

function sliceBits(bits: Uint8Array, from: number, to: number): Uint8Array {
  const sliced = new Uint8Array((to - from + 7) >> 3);
  for (let row = from, at = 0; row < to; row += 1, at += 1) {
    if (((bits[row >> 3] as number) & (1 << (row & 7))) !== 0) sliced[at >> 3] = (sliced[at >> 3] as number) | (1 << (at & 7));
  }
  return sliced;
}
