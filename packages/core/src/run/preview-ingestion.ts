import type { Field } from '../columns/column-type.ts';
import { readValue } from '../columns/read-value.ts';
import type { CallContext } from '../context/call-context.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { Json } from '../json/json.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { openProjector } from '../projection/open-projector.ts';
import type { Position } from '../source/position.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { Connections } from './connections.ts';
import { openDecoder } from './open-decoder.ts';
import { projectBatch } from './project-batch.ts';

/** The first rows as they would arrive, and what would be rejected among them. */
export interface Preview {
  fields: Field[];
  /** One object per row, by column name; values as `readValue` gives them. */
  rows: Record<string, Json>[];
  findings: Diagnostic[];
  rejected: { position: Position; codes: string[]; raw: string }[];
  /** The plan that it was made from. */
  plan: IngestionPlan;
}

/** Reads and types the first rows of a plan; writes nothing. */
export async function previewPlan(
  plan: IngestionPlan,
  rows: number,
  configuration: CalveConfiguration,
  connections: Connections,
  context: CallContext,
): Promise<Preview> {
  const output = plan.program.outputs[0];
  const preview: Preview = { fields: output?.fields ?? [], rows: [], findings: plan.findings, rejected: [], plan };
  for (const { unit, reader } of plan.batch.units) {
    const projection = output?.projections[reader];
    const group = plan.program.readers.find(({ id }) => id === reader);
    if (!projection || !group || unit.kind !== 'object' || preview.rows.length >= rows) break;
    const projector = await openProjector(projection);
    const source = await connections.source(plan.program.source.name, plan.program.source.options);
    const decoder = await openDecoder(configuration, group.format, context);
    const bytes = await source.open(unit, context);
    const facts = {
      unitUri: unit.uri,
      unitVersion: unit.version,
      unitModified: unit.modifiedAt,
      runId: context.runId,
      plannedAt: plan.batch.plannedAt,
    };
    const reject = (records: readonly RejectedRecord[]): void => {
      for (const { position, codes, raw } of records.slice(0, Math.max(0, rows - preview.rejected.length))) {
        preview.rejected.push({ position: { ...position, unit: unit.key }, codes, raw: new TextDecoder().decode(raw) });
      }
    };
    try {
      const request = { columns: 'all' as const, maxRows: Math.min(rows, 1024), maxBytes: 1 << 20 };
      for await (const event of decoder.decode(bytes, group.plan, { kind: 'whole' }, request, context)) {
        if (event.kind === 'rejected') reject(event.records);
        if (event.kind !== 'batch') continue;
        const { accepted, rejected } = projectBatch(projector, event.batch, facts);
        reject(rejected);
        preview.rows.push(...rowsOf(accepted, rows - preview.rows.length));
        accepted.release();
        if (preview.rows.length >= rows) break;
      }
    } finally {
      await bytes.close();
    }
  }
  return preview;
}

/** The first rows of a batch as objects, for screens. Not for a hot path. */
export function rowsOf(
  batch: { fields: readonly Field[]; columns: readonly Parameters<typeof readValue>[0][]; rows: number },
  limit: number,
): Record<string, Json>[] {
  const rows: Record<string, Json>[] = [];
  for (let row = 0; row < batch.rows && row < limit; row += 1) {
    rows.push(
      Object.fromEntries(
        batch.fields.map((field, index): [string, Json] => {
          const column = batch.columns[index];
          return [field.name, column ? readValue(column, field.type, row) : null];
        }),
      ),
    );
  }
  return rows;
}
