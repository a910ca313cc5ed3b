import { ArenaPieces } from '../columns/arena-pieces.ts';
import { BatchMemory } from '../columns/batch-memory.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import { createColumnBatch } from '../columns/column-batch.ts';
import { columnBuffers } from '../columns/column-buffers.ts';
import type { ColumnData } from '../columns/column-data.ts';
import type { Field } from '../columns/column-type.ts';
import { gatherRows } from '../columns/gather-rows.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import { checkProjection } from './check-projection.ts';
import { constantColumn } from './constant-column.ts';
import { TextConversion } from './convert-text.ts';
import { copyTyped } from './copy-typed.ts';
import { isFlat } from './is-flat.ts';
import { keptOffsets } from './kept-offsets.ts';
import { TextCells } from './kernels/text-cells.ts';
import { rejectNullKeys } from './null-keys.ts';
import type { ColumnRule, Projection } from './projection.ts';
import type { ProvenanceFacts, UnitRun } from './provenance-column.ts';
import { provenanceColumn, runsOf } from './provenance-column.ts';
import { RowFailures } from './row-failures.ts';
import { SourceColumn } from './source-column.ts';

export type { ProvenanceFacts, UnitRun } from './provenance-column.ts';

/**
 * What became of one batch: its rows and `expanded` together are `accepted.rows + rejected.length`, and both keep their order.
 */
export interface ProjectedRows {
  /** One column per rule, in memory of its own. To be released like any batch; may have no rows. */
  accepted: ColumnBatch;
  /** Rows that break a rule, with an owned copy of their bytes. `position.unit` is empty. */
  rejected: RejectedRecord[];
  /** Values of accepted rows that could not be typed and became null, as their columns ask for. */
  nulled: number;
  /** Accepted rows beyond one per record: elements of a list that was exploded. */
  expanded: number;
  /** Accepted records of which something is in the rescue column. */
  rescued: number;
}

/** Executes a projection on batches. Keeps working memory between calls, so one is made per decoder and not shared between threads. */
export interface Projector {
  /** The targets of the rules, in order: the fields of every accepted batch. */
  readonly fields: readonly Field[];
  /**
   * Types one batch. The batch is only read, and nothing of the result points into it: release it when this returns. Source columns
   * are found by name; one that the batch lacks is null in every row.
   *
   * @param provenance Of all rows, or of those of each unit, in order.
   * @throws {CalveError} `VALUE_REJECTED`, `recovery: fix-input`: a value broke a rule of a column with the policy `fail-unit` or
   * `fail-run`; `context` has column, value, line, policy and position.
   * @throws {CalveError} `SCHEMA_TYPE_CONFLICT`: a column to be copied does not have the type of its target.
   */
  apply(batch: ColumnBatch, provenance: ProvenanceFacts | readonly UnitRun[]): ProjectedRows;
}

/** One rule, made ready. */
type Step =
  | { kind: 'text'; rule: Extract<ColumnRule, { kind: 'text' }>; source: SourceColumn; conversion: TextConversion }
  | { kind: 'typed'; rule: Extract<ColumnRule, { kind: 'typed' }> }
  | { kind: 'constant'; rule: Extract<ColumnRule, { kind: 'constant' }> }
  | { kind: 'provenance'; rule: Extract<ColumnRule, { kind: 'provenance' }> };

/**
 * Makes a projection without nested data, explosion and rescue column executable.
 *
 * Per cell of a text rule: trim, null tokens, guard (length), conversion by the strict grammar; what fails is treated as the column's
 * policy says. Codes of a rejected row come in the order of the rules: `<column>:<type>` or `<column>:too-long`, then `<column>:null`
 * when the column is required. A required column takes no null under any policy.
 *
 * @throws {CalveError} `SPEC_INVALID`: a rule asks for something that is not yet available; the message names the column.
 */
export function createProjector(projection: Projection): Projector {
  checkProjection(projection);
  if (!isFlat(projection))
    throw new CalveError('INTERNAL', 'This projection is not flat: it needs openProjector.', { recovery: 'report' });
  const steps = projection.rules.flatMap((rule): Step[] => {
    switch (rule.kind) {
      case 'text':
        return [{ kind: 'text', rule, source: new SourceColumn(rule.source[0]), conversion: new TextConversion(rule) }];
      case 'typed':
        return [{ kind: 'typed', rule }];
      case 'constant':
        return [{ kind: 'constant', rule }];
      case 'provenance':
        return [{ kind: 'provenance', rule }];
      default:
        return [];
    }
  });
  const fields = projection.rules.map((rule) => rule.target);
  const cells = new TextCells();
  return {
    fields,
    apply(batch, provenance) {
      const memory = new ArenaPieces();
      cells.beginBatch(memory);
      try {
        const failures = new RowFailures();
        const runs = runsOf(batch, provenance);
        const columns = steps.map((step) => {
          const column = runStep(step, batch, runs, cells, failures);
          rejectNullKeys(projection.keys, step.rule.target.name, column, batch.rows, failures);
          return column;
        });
        return finish(batch, fields, columns, failures, memory);
      } catch (error) {
        memory.giveBack();
        throw error;
      } finally {
        cells.endBatch();
      }
    },
  };
}

function runStep(step: Step, batch: ColumnBatch, runs: readonly UnitRun[], cells: TextCells, failures: RowFailures): ColumnData {
  switch (step.kind) {
    case 'text':
      return step.conversion.convert(batch, step.source.of(batch), cells, failures);
    case 'typed':
      return copyTyped(step.rule, batch, failures);
    case 'constant':
      return constantColumn(step.rule, batch.rows, failures);
    case 'provenance':
      return provenanceColumn(step.rule, batch, runs);
  }
}

/** @param pieces What the columns stand in; given back with the accepted batch. */
function finish(
  batch: ColumnBatch,
  fields: readonly Field[],
  typed: ColumnData[],
  failures: RowFailures,
  pieces: ArenaPieces,
): ProjectedRows {
  const kept = failures.keptRows(batch.rows);
  const columns = kept === null ? typed : typed.map((column) => gatherRows(column, kept));
  if (kept !== null) pieces.giveBack();
  const rows = kept === null ? batch.rows : kept.length;
  const byteOffsets = batch.byteOffsets && keptOffsets(batch.byteOffsets, kept, rows, pieces);
  const memory = new BatchMemory([...columns.flatMap(columnBuffers), ...(byteOffsets ? [byteOffsets] : [])], () =>
    pieces.giveBack(),
  );
  const { firstRecordInRange } = batch;
  const accepted = createColumnBatch(
    { fields, columns, rows, firstRecordInRange, ...(byteOffsets ? { byteOffsets } : {}) },
    memory,
  );
  memory.release();
  return { accepted, rejected: failures.records(batch), nulled: failures.nulledValues(), expanded: 0, rescued: 0 };
}
