import { ArenaPieces } from '../../columns/arena-pieces.ts';
import { BatchMemory } from '../../columns/batch-memory.ts';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import { columnBuffers } from '../../columns/column-buffers.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import { isValid } from '../../columns/column-data.ts';
import type { Field } from '../../columns/column-type.ts';
import { allRows, gatherRows } from '../../columns/gather-rows.ts';
import { nullColumn } from '../../columns/null-column.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { Path } from '../../json/json.ts';
import type { ProjectedRows, Projector } from '../apply-projection.ts';
import { checkProjection } from '../check-projection.ts';
import { constantColumn } from '../constant-column.ts';
import { copyTyped } from '../copy-typed.ts';
import { failValue } from '../fail-value.ts';
import { keptOffsets } from '../kept-offsets.ts';
import { TextCells } from '../kernels/text-cells.ts';
import { rejectNullKeys } from '../null-keys.ts';
import type { ColumnRule, Projection } from '../projection.ts';
import { provenanceColumn, runsOf, type UnitRun } from '../provenance-column.ts';
import { RowFailures } from '../row-failures.ts';
import { nullKeyRule, nullRule } from '../strict-rules.ts';
import type { ExplodedColumn } from './explode-rows.ts';
import { explodedBatch, recordsWithoutElement } from './explode-rows.ts';
import { JsonObjectColumn } from './json-object-text.ts';
import { type Conversion, PlaceConversion, type PlaceRule } from './nested-conversion.ts';
import { type ListPlace, listAt, type Place, placeAt, placeOfColumn } from './place.ts';

type RescueRule = Extract<ColumnRule, { kind: 'rescue' }>;

/** One rule, made ready. */
type Step =
  | { kind: 'place'; rule: PlaceRule; conversion: PlaceConversion; perElement: boolean }
  | { kind: 'rescue'; rule: RescueRule }
  | { kind: 'other'; rule: Exclude<ColumnRule, PlaceRule | RescueRule> };

/**
 * Executes every projection that there is: what `createProjector` does, and nested rules, sources inside nested data, a list that is exploded
 * and a rescue column.
 *
 * @throws {CalveError} `SPEC_INVALID`: a rule asks for something that is not yet available; the message names the column.
 */
export function createNestedProjector(projection: Projection): Projector {
  checkProjection(projection);
  const { explode } = projection;
  const steps = projection.rules.map((rule): Step => {
    if (rule.kind === 'rescue') return { kind: 'rescue', rule };
    if (rule.kind !== 'text' && rule.kind !== 'nested') return { kind: 'other', rule };
    const perElement = explode !== undefined && startsWith(rule.source, explode);
    return { kind: 'place', rule, conversion: new PlaceConversion(rule), perElement };
  });
  const fields = projection.rules.map(({ target }) => target);
  const cells = new TextCells();
  return {
    fields,
    apply(batch, provenance) {
      const pieces = new ArenaPieces();
      cells.beginBatch(pieces);
      try {
        const conversion: Conversion = { batch, cells, failures: new RowFailures() };
        const list = explode === undefined ? null : explodedList(batch, explode);
        const runs = runsOf(batch, provenance);
        const columns = steps.map((step): ColumnData | null => {
          if (step.kind === 'rescue') return null;
          const column = runStep(step, conversion, runs, list, explode);
          rejectRowsWithoutKey(projection, step, column, list, conversion);
          return column;
        });
        // Rescue columns come last: what the others could not type is in them.
        const rescued = rescueColumn(steps, conversion);
        const complete = columns.map((column) => column ?? rescued.column);
        const perElement = steps.map((step) => step.kind === 'place' && step.perElement);
        const rows =
          explode === undefined ? null : complete.map((column, at) => ({ column, perElement: perElement[at] === true }));
        return finish(batch, fields, complete, rows, list, conversion.failures, rescued.rows, pieces);
      } catch (error) {
        pieces.giveBack();
        throw error;
      } finally {
        cells.endBatch();
      }
    },
  };
}

function runStep(
  step: Exclude<Step, { kind: 'rescue' }>,
  conversion: Conversion,
  runs: readonly UnitRun[],
  list: ListPlace | null,
  explode: Path | undefined,
): ColumnData {
  const { batch, failures } = conversion;
  if (step.kind === 'place') return convertPlace(step, conversion, list, explode);
  const { rule } = step;
  switch (rule.kind) {
    case 'typed':
      return copyTyped(rule, batch, failures);
    case 'constant':
      return constantColumn(rule, batch.rows, failures);
    case 'provenance':
      return provenanceColumn(rule, batch, runs);
    default:
      throw new CalveError('INTERNAL', `A rule "${rule.kind}" cannot be executed.`, { recovery: 'report' });
  }
}

function convertPlace(
  { rule, conversion: steps, perElement }: Extract<Step, { kind: 'place' }>,
  conversion: Conversion,
  list: ListPlace | null,
  explode: Path | undefined,
): ColumnData {
  const { batch, failures } = conversion;
  const enter = (at: Place, depth: number): Place =>
    perElement && list !== null && depth === explode?.length ? list.elements : at;
  const place = placeAt(batch, rule.source, enter, (bytes) => conversion.cells.takeWork(bytes));
  if (!perElement) return steps.convert(place, batch.rows, (row) => row, conversion);
  const elements = list?.elements;
  const column = steps.convert(place, elements?.length ?? 0, elements?.rowOf ?? ((row) => row), conversion);
  if (rule.target.required) requireElements(rule, list, batch, failures);
  return column;
}

/** A record without an element has null there. */
function requireElements(rule: PlaceRule, list: ListPlace | null, batch: ColumnBatch, failures: RowFailures): void {
  const { target, onFailure } = rule;
  for (const row of recordsWithoutElement(list, batch.rows)) {
    if (onFailure === 'fail-unit' || onFailure === 'fail-run') failValue(batch, undefined, row, { target, onFailure });
    failures.reject(row, target.name, `${target.name}:${nullRule}`);
  }
}

/** A key out of an exploded list is missing in a record that has no element, too. */
function rejectRowsWithoutKey(
  { keys }: Projection,
  step: Exclude<Step, { kind: 'rescue' }>,
  column: ColumnData,
  list: ListPlace | null,
  { batch, failures }: Conversion,
): void {
  const { name } = step.rule.target;
  if (step.kind !== 'place' || !step.perElement) {
    rejectNullKeys(keys, name, column, batch.rows, failures);
    return;
  }
  if (!keys?.includes(name)) return;
  const rows = recordsWithoutElement(list, batch.rows);
  const { length = 0, rowOf } = list?.elements ?? {};
  for (let element = 0; element < length; element++) if (!isValid(column, element)) rows.push(rowOf!(element));
  for (const row of rows) if (!failures.isRejectedBy(row, name)) failures.reject(row, name, `${name}:${nullKeyRule}`);
}

function explodedList(batch: ColumnBatch, path: Path): ListPlace | null {
  const place = placeAt(batch, path, (at) => at);
  return place === null ? null : listAt(place);
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((name, at) => path[at] === name);
}

function rescueColumn(steps: readonly Step[], { batch, failures }: Conversion): { column: ColumnData; rows: number[] } {
  const rows: number[] = [];
  const rules = steps.flatMap((step) => (step.kind === 'rescue' ? [step.rule] : []));
  // Nobody asks for it then.
  if (rules.length === 0) return { column: nullColumn({ kind: 'string' }, 0), rows };
  const column = new JsonObjectColumn(batch.rows);
  const places = (names: readonly string[]): [string, Place][] =>
    names.flatMap((name): [string, Place][] => {
      const place = placeOfColumn(batch, name);
      return place ? [[name, place]] : [];
    });
  const sources = places(rules.flatMap((rule) => rule.sources));
  const objects = places(rules.flatMap((rule) => rule.from ?? []));
  for (let row = 0; row < batch.rows; row++) {
    const before = column.objects;
    for (const [name, place] of sources) if (isValid(place.column, row)) column.append(name, place.column, place.type, row);
    for (const name of failures.rescuedOf(row) ?? []) {
      const place = placeOfColumn(batch, name);
      if (place) column.append(name, place.column, place.type, row);
    }
    for (const [, place] of objects) column.join(place.column, row);
    column.endRow();
    if (column.objects > before) rows.push(row);
  }
  return { column: column.finish(), rows };
}

/** @param pieces What the columns stand in; given back with the accepted batch. */
function finish(
  batch: ColumnBatch,
  fields: readonly Field[],
  columns: ColumnData[],
  exploded: ExplodedColumn[] | null,
  list: ListPlace | null,
  failures: RowFailures,
  rescuedRows: readonly number[],
  pieces: ArenaPieces,
): ProjectedRows {
  const kept = failures.keptRows(batch.rows);
  const outcome = {
    rejected: failures.records(batch),
    nulled: failures.nulledValues(),
    rescued: rescuedRows.reduce((count, row) => count + (failures.isRejected(row) ? 0 : 1), 0),
  };
  if (exploded !== null) {
    const records = kept ?? allRows(batch.rows);
    const accepted = explodedBatch(batch, fields, exploded, list, records);
    pieces.giveBack();
    return { accepted, ...outcome, expanded: accepted.rows - records.length };
  }
  const rows = kept === null ? batch.rows : kept.length;
  const own = kept === null ? columns : columns.map((column) => gatherRows(column, kept));
  if (kept !== null) pieces.giveBack();
  const { byteOffsets, firstRecordInRange } = batch;
  const offsets = byteOffsets && keptOffsets(byteOffsets, kept, rows, pieces);
  const memory = new BatchMemory([...own.flatMap(columnBuffers), ...(offsets ? [offsets] : [])], () => pieces.giveBack());
  const parts = { fields, columns: own, rows, firstRecordInRange, ...(offsets ? { byteOffsets: offsets } : {}) };
  const accepted = createColumnBatch(parts, memory);
  memory.release();
  return { accepted, ...outcome, expanded: 0 };
}
