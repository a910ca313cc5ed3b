import type { CallContext, ColumnBatch, Json, OutputFile, StagedFiles, TableWriter, WriterPorts } from '@calve/core/plugin';
import { errorData, throwIfAborted } from '@calve/core/plugin';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { partEncoderModule } from '../portable-modules.ts';
import { ascendingRows } from './ascending-rows.ts';
import { batchColumns } from './batch-columns.ts';
import type { DataFileDescription, PartitionValue } from './data-file.ts';
import type { EncodedRowGroup } from './encoded-row-group.ts';
import { storedFields } from './parquet-schema.ts';
import { parseWriterConfiguration } from './parse-writer-configuration.ts';
import { PartitionFanOut } from './partition-fan-out.ts';
import { groupByPartition } from './partition-groups.ts';
import { partitionCodes, partitionPath, planPartitionFields } from './partition-plan.ts';

/**
 * Writes rows into new data files of a table: `<dataLocation>/<partition path>/<filePrefix>-<n>.parquet`, `n` from 1. The same
 * batches give the same files, byte for byte; of a table without partitions the same rows do, however they are cut into batches.
 *
 * `finish()` gives `DataFileDescription`s in the order of `n`. `abort()` calls `abort()` of every output, also of those that are
 * finished, which the storage may be unable to delete: what is left is reported as `ICEBERG_FILE_LEFT` and belongs to no snapshot.
 *
 * This is the portable half of the sink: it is rebuilt in a worker from module, export name and `config`.
 *
 * @param config A `TableWriterConfiguration`.
 * @throws {CalveError} `CONFIGURATION_INVALID`; `ICEBERG_TRANSFORM_UNSUPPORTED`. From `write`: `ICEBERG_REQUIRED_NULL`,
 *   `ICEBERG_VALUE_RANGE`, `CANCELLED`, and what the outputs throw; the writer has to be aborted then.
 */
export async function createTableWriter(config: Json, context: CallContext, ports: WriterPorts): Promise<TableWriter> {
  const configuration = parseWriterConfiguration(config);
  const { dataLocation, filePrefix, fields } = configuration;
  const stored = storedFields(fields);
  const plan = planPartitionFields(configuration.partition, fields);
  const outputs: { path: string; output: OutputFile }[] = [];
  await encoderKernels.open();

  const open = async (tuple: readonly PartitionValue[]): Promise<{ path: string; output: OutputFile }> => {
    const folder = partitionPath(plan, tuple);
    const path = [dataLocation, ...(folder === '' ? [] : [folder]), `${filePrefix}-${outputs.length + 1}.parquet`].join('/');
    const opened = { path, output: await ports.openOutput(path) };
    outputs.push(opened);
    return opened;
  };
  const fanOut = new PartitionFanOut({ configuration, fields: stored, open });

  return {
    ...(plan.length === 0 && configuration.sortOrder === undefined ? { parts: partsOf(config, fanOut) } : {}),

    async write(batch: ColumnBatch): Promise<void> {
      throwIfAborted(context.signal);
      const columns = batchColumns(batch, fields);
      const storedColumns = columns.filter((_, index) => fields[index]!.type.kind !== 'unknown');
      if (plan.length === 0) return fanOut.add([], storedColumns, ascendingRows(batch.rows).subarray(0, batch.rows));
      const groups = groupByPartition(partitionCodes(plan, columns, batch.rows), batch.rows);
      for (const { tuple, rows } of groups) {
        throwIfAborted(context.signal);
        await fanOut.add(tuple, storedColumns, rows);
      }
    },

    async finish(): Promise<StagedFiles> {
      throwIfAborted(context.signal);
      const described = new Map((await fanOut.finish()).map((file) => [file.path, file]));
      const files = outputs.map(({ path }) => described.get(path)!);
      return {
        files: files as (DataFileDescription & Record<string, Json>)[],
        rows: files.reduce((sum, file) => sum + file.rows, 0),
      };
    },

    async abort(): Promise<void> {
      fanOut.release();
      for (const { path, output } of outputs) {
        try {
          await output.abort();
        } catch (error) {
          reportLeftFile(context, path, error);
        }
      }
    },
  };
}

function partsOf(config: Json, fanOut: PartitionFanOut): NonNullable<TableWriter['parts']> {
  return {
    encoder: {
      get module() {
        return partEncoderModule();
      },
      exportName: 'createPartEncoder',
      config,
      create: async (context) => (await import('./part-encoder.ts')).createPartEncoder(config, context, undefined),
    },
    cut: () => fanOut.cut(),
    append: (part) => fanOut.append(part as EncodedRowGroup),
  };
}

function reportLeftFile(context: CallContext, path: string, error: unknown): void {
  const { message } = errorData(error);
  context.report({
    code: 'ICEBERG_FILE_LEFT',
    severity: 'warning',
    message: `The data file ${path} could not be deleted after the writer gave up: ${message.replace(/\.$/, '')}. No snapshot refers to it; it can be deleted.`,
  });
}
