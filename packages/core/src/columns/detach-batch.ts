import type { ColumnBatchParts } from './column-batch.ts';
import type { ColumnData } from './column-data.ts';

type View = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Copies every buffer of a batch once, also one that several columns share. */
export function detachBatch(parts: ColumnBatchParts): ColumnBatchParts {
  const copies = new Map<View, View>();
  const copy = <V extends View>(view: V): V => {
    const known = copies.get(view);
    if (known) return known as V;
    // A Buffer of Node is a Uint8Array whose `slice` shares memory with its whole pool.
    const made = (view instanceof Uint8Array ? new Uint8Array(view) : view.slice()) as V;
    copies.set(view, made);
    return made;
  };
  const column = (data: ColumnData): ColumnData => {
    const validity = data.validity ? { validity: copy(data.validity) } : {};
    switch (data.layout) {
      case 'fixed':
        return { ...data, ...validity, values: copy(data.values) };
      case 'offsets':
        return { ...data, ...validity, offsets: copy(data.offsets), bytes: copy(data.bytes) };
      case 'cells':
        return {
          ...data,
          ...validity,
          source: copy(data.source),
          starts: copy(data.starts),
          ends: copy(data.ends),
          ...(data.quoted ? { quoted: copy(data.quoted) } : {}),
        };
      case 'dictionary':
        return { ...data, ...validity, indexes: copy(data.indexes), values: column(data.values) };
      case 'struct':
        return { ...data, ...validity, children: data.children.map(column) };
      case 'list':
        return { ...data, ...validity, offsets: copy(data.offsets), element: column(data.element) };
    }
  };
  const { records } = parts;
  return {
    ...parts,
    columns: parts.columns.map(column),
    ...(parts.byteOffsets ? { byteOffsets: copy(parts.byteOffsets) } : {}),
    ...(records
      ? {
          records: {
            source: copy(records.source),
            starts: copy(records.starts),
            ends: copy(records.ends),
            ...(records.lines ? { lines: copy(records.lines) } : {}),
          },
        }
      : {}),
  };
}
