import { offsetInArena } from '../../columns/arena.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { textBytesOf, validityOf } from './cells-with-text.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** Texts are copied 16 bytes at a time, and so write a few bytes behind their end, which the next one writes again. */
const slackBytes = 16;
const stepBytes = 16;
/** For longer texts a view costs less than a loop. */
const longText = 96;

/** string: the bytes as they are; they are valid UTF-8 already. Nothing is bad. */
export const stringKernel: TextKernel = {
  convert(cells: TextCells): ColumnData {
    const total = textBytesOf(cells);
    if (total > 0x7fff_ffff)
      throw new CalveError('INTERNAL', `A text column of one batch has ${total} bytes; a batch holds at most 2 GiB per column.`, {
        recovery: 'report',
      });
    const offsetBytes = cells.takeColumn((cells.rows + 1) * 4);
    const offsets = new Int32Array(offsetBytes.buffer, offsetBytes.byteOffset, cells.rows + 1);
    const bytes = cells.takeColumn(total + slackBytes);
    if (!copyCompiled(cells, bytes, offsets)) copyTexts(cells, bytes, offsets);
    return { layout: 'offsets', offsets, bytes: bytes.subarray(0, total), ...validityOf(cells) };
  },
};

function copyCompiled({ compiled: at, rows }: TextCells, bytes: Uint8Array, offsets: Int32Array): boolean {
  const offsetsAt = offsetInArena(offsets);
  const bytesAt = offsetInArena(bytes);
  if (at.kernels === null || offsetsAt < 0 || bytesAt < 0) return false;
  at.kernels.textCells(at.source, at.scratch, at.starts, at.ends, at.states, rows, offsetsAt, bytesAt);
  return true;
}

function copyTexts(cells: TextCells, bytes: Uint8Array, offsets: Int32Array): void {
  const { starts, ends, states, rows, source, scratch } = cells;
  const from = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const to = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Up to 15 bytes behind a text are read.
  const lastEnd = source.byteLength - stepBytes;
  let length = 0;
  offsets[0] = 0;
  for (let row = 0; row < rows; row++) {
    const state = states[row];
    if (state === cellInSource) {
      const start = starts[row]!;
      const end = ends[row]!;
      if (end <= lastEnd && end - start <= longText) {
        // Most texts are one step long: whatever their length is, the processor guesses right. Of a number that is only copied, the compiler makes none.
        for (let at = start, target = length; at < end; at += stepBytes, target += stepBytes) {
          to.setBigInt64(target, from.getBigInt64(at, true), true);
          to.setBigInt64(target + 8, from.getBigInt64(at + 8, true), true);
        }
      } else bytes.set(source.subarray(start, end), length);
      length += end - start;
    } else if (state === cellInScratch) {
      bytes.set(scratch.subarray(starts[row]!, ends[row]!), length);
      length += ends[row]! - starts[row]!;
    }
    offsets[row + 1] = length;
  }
}
