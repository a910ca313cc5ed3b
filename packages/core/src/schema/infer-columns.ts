import { ArenaPieces } from '../columns/arena-pieces.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Field } from '../columns/column-type.ts';
import type { ObservedField } from '../format/observation.ts';
import { TextCells, type TextPreparation } from '../projection/kernels/text-cells.ts';
import { TextTokens } from '../projection/kernels/text-tokens.ts';
import { CellClassifier } from './classify-cell.ts';
import { StatisticsCollector } from './collect-statistics.ts';
import { decideColumnType } from './decide-column-type.ts';
import { FitCollector } from './fit-collector.ts';
import type { GivenTypes } from './given-types.ts';

export { countMisfits } from './count-misfits.ts';
export { decideColumnType, type TypeDecision } from './decide-column-type.ts';
export { mergeColumnStatistics } from './merge-statistics.ts';

/** How the cells of a unit are looked at. */
export interface ColumnInferenceOptions {
  /** Texts that mean null, compared exactly. */
  nulls: readonly string[];
  /** Key of the unit, for the positions of examples. Default empty: core fills it in. */
  unit?: string;
  /** Of these columns only `fits` is found out. Default: none. */
  given?: GivenTypes | undefined;
}

/** Watches the batches of one unit go by and says what its columns are. */
export interface ColumnInference {
  /**
   * Looks at every cell of a batch; the batch is only read and may be released afterwards. All batches have the same fields. A batch
   * without rows tells the fields of a file without records.
   */
  add(batch: ColumnBatch): void;
  /**
   * One per field: text columns with the type that `decideColumnType` gives (`unknown` when no cell has a value), its evidence and the
   * statistics, or whether they fit the types that are given; other columns as the file declares them. Empty when no batch was added.
   */
  finish(): ObservedField[];
}

/** Starts an inference. Working memory is a few kilobytes per column and does not grow with the file. */
export function createColumnInference(options: ColumnInferenceOptions): ColumnInference {
  const { unit = '', given } = options;
  const preparation: TextPreparation = { trim: false, nulls: TextTokens.of(options.nulls), longest: Number.POSITIVE_INFINITY };
  const cells = new TextCells();
  const classifier = new CellClassifier();
  let fields: readonly Field[] = [];
  let collectors: (StatisticsCollector | FitCollector | null)[] = [];
  const collectorOf = ({ name, type }: Field): StatisticsCollector | FitCollector | null => {
    if (type.kind !== 'string') return null;
    const types = given?.get(name.toLowerCase());
    return types ? new FitCollector(types, classifier) : new StatisticsCollector(name, unit, classifier);
  };
  return {
    add(batch) {
      if (collectors.length === 0) {
        fields = batch.fields;
        collectors = fields.map(collectorOf);
      }
      const pieces = new ArenaPieces();
      cells.beginBatch(pieces);
      try {
        collectors.forEach((collector, index) => {
          if (collector === null || (collector instanceof FitCollector && !collector.isLooking)) return;
          cells.load(batch.columns[index], batch.rows, preparation);
          collector.add(cells, batch);
        });
      } finally {
        cells.endBatch();
        pieces.giveBack();
      }
    },
    finish() {
      return collectors.map((collector, index): ObservedField => {
        const field = fields[index]!;
        if (collector === null) return { field, evidence: [] };
        if (collector instanceof FitCollector)
          return { field: { ...field, required: false }, evidence: [], fits: collector.fits };
        const statistics = collector.finish();
        const { type, evidence } = decideColumnType(statistics);
        return { field: { ...field, type, required: false }, evidence, statistics };
      });
    },
  };
}
