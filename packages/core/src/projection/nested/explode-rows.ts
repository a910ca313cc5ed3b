import { BatchMemory } from '../../columns/batch-memory.ts';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import { columnBuffers } from '../../columns/column-buffers.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import type { Field } from '../../columns/column-type.ts';
import { gatherRows } from '../../columns/gather-rows.ts';
import { nullColumn } from '../../columns/null-column.ts';
import type { ListPlace } from './place.ts';
import { allValid, commonValidity } from './validity.ts';

/** A typed column of a batch that is exploded: one value per record, or one per element of the list. */
export interface ExplodedColumn {
  column: ColumnData;
  perElement: boolean;
}

/**
 * The rows of a batch of which a list is exploded: for each kept record one per element, and one with a null element where there is none.
 *
 * @param list `null`: the batch has no such list; every record is one row.
 * @param kept The records that stay, in order.
 */
export function explodedBatch(
  batch: ColumnBatch,
  fields: readonly Field[],
  columns: readonly ExplodedColumn[],
  list: ListPlace | null,
  kept: Uint32Array,
): ColumnBatch {
  const { records, elements } = rowsOf(list, kept);
  const gathered = columns.map(({ column, perElement }, index) =>
    perElement ? gatherElements(column, fields[index]!, elements) : gatherRows(column, records),
  );
  const byteOffsets = batch.byteOffsets && Float64Array.from(records, (record) => batch.byteOffsets![record]!);
  const memory = new BatchMemory([...gathered.flatMap(columnBuffers), ...(byteOffsets ? [byteOffsets] : [])]);
  const { firstRecordInRange } = batch;
  const parts = { fields, columns: gathered, rows: records.length, firstRecordInRange, ...(byteOffsets ? { byteOffsets } : {}) };
  const exploded = createColumnBatch(parts, memory);
  memory.release();
  return exploded;
}

/** The records whose list has no element. */
export function recordsWithoutElement(list: ListPlace | null, rows: number): number[] {
  const without: number[] = [];
  for (let row = 0; row < rows; row++) if (list === null || list.offsets[row] === list.offsets[row + 1]) without.push(row);
  return without;
}

/** Record and element of each row; -1: no element. */
function rowsOf(list: ListPlace | null, kept: Uint32Array): { records: Uint32Array; elements: Int32Array } {
  let rows = 0;
  for (const record of kept) rows += Math.max(1, countOf(list, record));
  const records = new Uint32Array(rows);
  const elements = new Int32Array(rows).fill(-1);
  let row = 0;
  for (const record of kept) {
    const count = countOf(list, record);
    for (let element = 0; element < Math.max(1, count); element++, row++) {
      records[row] = record;
      if (count > 0) elements[row] = list!.offsets[record]! + element;
    }
  }
  return { records, elements };
}

function countOf(list: ListPlace | null, record: number): number {
  return list === null ? 0 : list.offsets[record + 1]! - list.offsets[record]!;
}

function gatherElements(column: ColumnData, field: Field, elements: Int32Array): ColumnData {
  const rows = elements.length;
  if (!elements.some((element) => element >= 0)) return nullColumn(field.type, rows);
  const gathered = gatherRows(
    column,
    Uint32Array.from(elements, (element) => Math.max(0, element)),
  );
  if (!elements.includes(-1)) return gathered;
  const present = allValid(rows);
  for (let row = 0; row < rows; row++) if (elements[row] === -1) present[row >> 3]! &= ~(1 << (row & 7));
  return { ...gathered, ...commonValidity(present, gathered.validity, rows) };
}
