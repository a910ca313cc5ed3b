import type { ColumnBatch, ColumnData, DecodeEvent } from '@calve/core/plugin';
import { isValid } from '@calve/core/plugin';

/** What a decoder handed over, without batch boundaries: equal input gives equal traces, however the bytes arrived. */
export interface EventTrace {
  /** `record byteOffset line | cells`, in file order; rejected records with their codes and bytes in hex. */
  records: string[];
  /** Records that are no data, per reason. */
  skipped: Record<string, number>;
  /** Findings as JSON. */
  findings: string[];
}

/** An empty trace. */
export function newTrace(): EventTrace {
  return { records: [], skipped: {}, findings: [] };
}

/** Adds one event to a trace. A batch is read and not released. */
export function traceEvent(trace: EventTrace, event: DecodeEvent): void {
  if (event.kind === 'batch') trace.records.push(...renderRows(event.batch));
  else if (event.kind === 'skipped') trace.skipped[event.reason] = (trace.skipped[event.reason] ?? 0) + event.records;
  else if (event.kind === 'finding') trace.findings.push(JSON.stringify(event.diagnostic));
  else if (event.kind === 'rejected') {
    for (const { position, codes, raw, truncated } of event.records) {
      const { record, byteOffset, line } = position;
      trace.records.push(`${record} ${byteOffset} ${line} | ${codes.join()} ${truncated} ${Buffer.from(raw).toString('hex')}`);
    }
  }
}

/** The rows of a batch as text, with record number, byte offset and line where it knows them. */
export function renderRows(batch: ColumnBatch): string[] {
  const { records, byteOffsets } = batch;
  return Array.from({ length: batch.rows }, (_, row) => {
    const place = `${batch.firstRecordInRange + row + 1} ${byteOffsets?.[row]} ${records?.lines?.[row]}`;
    const raw = records ? hex(records.source, records.starts[row] as number, records.ends[row] as number) : '';
    return `${place} | ${batch.columns.map((column) => renderCell(column, row)).join(' ; ')} | ${raw}`;
  });
}

function renderCell(column: ColumnData, row: number): string {
  if (!isValid(column, row)) return 'null';
  switch (column.layout) {
    case 'fixed':
      if (column.width === 0) return String(((column.values[row >> 3] as number) >> (row & 7)) & 1);
      return hex(column.values, row * column.width, (row + 1) * column.width);
    case 'offsets':
      return hex(column.bytes, column.offsets[row] as number, column.offsets[row + 1] as number);
    case 'cells': {
      const quoted = column.quoted?.[row] ?? 0;
      return `${quoted}${column.escaping}:${hex(column.source, column.starts[row] as number, column.ends[row] as number)}`;
    }
    case 'dictionary':
      return renderCell(column.values, column.indexes[row] as number);
    case 'struct':
      return `{${column.children.map((child) => renderCell(child, row)).join()}}`;
    case 'list': {
      const { offsets, element } = column;
      const [from, to] = [offsets[row] as number, offsets[row + 1] as number];
      return `[${Array.from({ length: to - from }, (_, index) => renderCell(element, from + index)).join()}]`;
    }
  }
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
}
