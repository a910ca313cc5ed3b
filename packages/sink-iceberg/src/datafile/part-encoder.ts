import type { CallContext, ColumnBatch, EncodedPart, Json, PartEncoder } from '@calve/core/plugin';
import { throwIfAborted } from '@calve/core/plugin';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { ascendingRows } from './ascending-rows.ts';
import { batchColumns } from './batch-columns.ts';
import { EncodeMemory } from './encode-memory.ts';
import type { EncodedRowGroup } from './encoded-row-group.ts';
import { storedFields } from './parquet-schema.ts';
import { parseWriterConfiguration } from './parse-writer-configuration.ts';
import { RowGroupBuffer } from './row-group-buffer.ts';
import { RowGroupBytes } from './row-group-bytes.ts';
import { RowGroupEncoder } from './row-group-encoder.ts';
import { isFull, ROW_GROUP_ROWS, ROW_GROUP_STEP } from './row-group-size.ts';
import { rowsAtOnce } from './rows-at-once.ts';

/**
 * Encodes rows of a table without partitions and sort order as row groups, which its writer appends to its files. The same rows give the same
 * row groups as the writer's own `write` does.
 *
 * @param config A `TableWriterConfiguration`.
 * @throws {CalveError} As `createTableWriter` and its `write`.
 */
export async function createPartEncoder(config: Json, context: CallContext, _ports: undefined): Promise<PartEncoder> {
  const configuration = parseWriterConfiguration(config);
  const { fields, codec, metrics, rowGroupBytes } = configuration;
  const stored = storedFields(fields);
  const limits = { rows: ROW_GROUP_ROWS, bytes: rowGroupBytes };
  await encoderKernels.open();
  const memory = new EncodeMemory();
  const encoder = new RowGroupEncoder({ fields: stored, codec, ...(metrics === undefined ? {} : { metrics }), memory });
  const buffer = new RowGroupBuffer(stored);
  const sink = new RowGroupBytes();

  const take = async (): Promise<EncodedPart> => {
    const { rows } = buffer;
    const rowGroup = await encoder.encode(sink, buffer);
    const part: EncodedRowGroup = { bytes: sink.take(), content: { rowGroup, metrics: encoder.metrics.take() } };
    buffer.clear();
    return { ...part, rows };
  };

  const release = (): void => {
    buffer.release();
    memory.release();
  };

  /** Nothing comes after an error. */
  const releasing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      release();
      throw error;
    }
  };

  return {
    write: (batch: ColumnBatch): Promise<EncodedPart[]> =>
      releasing(async () => {
        throwIfAborted(context.signal);
        const columns = batchColumns(batch, fields).filter((_, index) => fields[index]!.type.kind !== 'unknown');
        const rows = ascendingRows(batch.rows).subarray(0, batch.rows);
        const parts: EncodedPart[] = [];
        for (let start = 0; start < batch.rows; ) {
          const end = rowsAtOnce(buffer, columns, rows, start, limits);
          buffer.append(columns, { rows, start, end, contiguous: true });
          start = end;
          if (buffer.rows % ROW_GROUP_STEP === 0 && isFull(buffer, limits)) parts.push(await take());
        }
        return parts;
      }),

    // The memory stays for the next segment, which would have to grow it again; it goes with the thread.
    finish: (): Promise<EncodedPart | null> => releasing(async () => (buffer.rows === 0 ? null : take())),
  };
}
