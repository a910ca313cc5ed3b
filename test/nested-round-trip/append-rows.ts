import type { Field, Json, SchemaDecisions, SinkSession } from '@calve/core/plugin';
import { BatchMemory, columnBuffers, createColumnBatch } from '@calve/core/plugin';
import type { IcebergTarget, PartitionBy } from '@calve/sink-iceberg';
import { type SeededRandom, testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import type { ModelField, ModelStruct, ModelType } from './model-type.ts';
import { fieldOf } from './model-type.ts';
import { childrenOf } from './nested-column.ts';
import type { Operation } from './operations.ts';
import type { NestedPartition } from './random-nested-table.ts';

/** Rows for one commit. */
export interface Append {
  ingestion: string;
  sequence: number;
  target: IcebergTarget;
  fields: readonly ModelField[];
  rows: readonly ModelStruct[];
  decisions?: SchemaDecisions;
}

/** One commit of the exactly-once protocol, without a journal, through the sink's own writer. Rows go in batches of three. */
export async function appendRows(session: SinkSession, append: Append): Promise<void> {
  const target = append.target as unknown as Json;
  const { table } = append.target;
  const key = { tenant: 'test', ingestion: append.ingestion };
  const fields = append.fields.map(fieldOf);
  const state = await session.inspect(target);
  const plan = session.planChanges(state, fields, target, append.decisions);
  if (plan.kind === 'impossible') throw new Error(`${table}: ${plan.diagnostic.message}`);
  const program = testProgram([{ target, fields: plan.fields, changes: plan.changes }], key);
  const planned = testIntent(program, {
    key,
    sequence: append.sequence,
    identities: { main: state === 'absent' ? 'absent' : state.identity },
  });
  const writer = await session
    .writer(program, planned, 'main')
    .create(testContext(), { openOutput: (name) => session.openOutput(name) });
  for (let start = 0; start < append.rows.length; start += 3) {
    const rows = append.rows.slice(start, start + 3);
    await writeBatch(fields, append.fields, rows, (batch) => writer.write(batch));
  }
  const intent = withStagedFiles(planned, 'main', await writer.finish());
  const prepared = await session.prepare(intent, 'main');
  if (prepared.kind !== 'ready') throw new Error(`${table} cannot be committed: ${JSON.stringify(prepared)}`);
  const outcome = await session.send(prepared.request);
  if (outcome.kind !== 'committed') throw new Error(`${table} was not committed: ${JSON.stringify(outcome)}`);
}

async function writeBatch(
  fields: readonly Field[],
  model: readonly ModelField[],
  rows: readonly ModelStruct[],
  write: (batch: ReturnType<typeof createColumnBatch>) => Promise<void>,
): Promise<void> {
  const columns = childrenOf(model, rows);
  const memory = new BatchMemory(columns.flatMap(columnBuffers));
  const batch = createColumnBatch({ fields: [...fields], columns, rows: rows.length }, memory);
  memory.release();
  await write(batch);
  batch.release();
}

/** The same fields in another order, at every level: columns and members are found by name. */
export function shuffled(fields: readonly ModelField[], random: SeededRandom): ModelField[] {
  const left = fields.map((field) => ({ ...field, type: shuffledType(field.type, random) }));
  return fields.map(() => left.splice(random.below(left.length), 1)[0] as ModelField);
}

function shuffledType(type: ModelType, random: SeededRandom): ModelType {
  switch (type.kind) {
    case 'struct':
      return { kind: 'struct', fields: shuffled(type.fields, random) };
    case 'list':
      return { kind: 'list', element: { ...type.element, type: shuffledType(type.element.type, random) } };
    case 'map':
      return { ...type, value: { ...type.value, type: shuffledType(type.value.type, random) } };
    case 'leaf':
      return type;
  }
}

/** How a target asks for partition fields. */
export function partitionBy(partition: readonly NestedPartition[]): PartitionBy[] {
  return partition.map(({ path: column, transform }): PartitionBy => {
    const [, name, parameter] = /^(\w+)\[(\d+)\]$/.exec(transform) ?? [];
    if (name === 'bucket') return { transform: name, column, buckets: Number(parameter) };
    if (name === 'truncate') return { transform: name, column, width: Number(parameter) };
    return { transform: transform as 'identity', column };
  });
}

/** Operations as a spec decides them. The others follow from what is written. */
export function decisionsOf(operations: readonly Operation[]): SchemaDecisions {
  return {
    drops: operations.flatMap(({ kind, path }) => (kind === 'drop' ? [path] : [])),
    renames: operations.flatMap((operation) =>
      operation.kind === 'rename' ? [{ from: operation.path, to: [...operation.path.slice(0, -1), operation.to] }] : [],
    ),
  };
}
