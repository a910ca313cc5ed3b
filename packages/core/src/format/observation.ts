import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { ColumnStatistics } from '../schema/column-statistics.ts';
import type { Evidence } from '../schema/evidence.ts';
import type { ValueShape } from '../schema/value-shape.ts';

/** What was seen of one column of one unit. */
export interface ObservedField {
  field: Field;
  /** Why the type is not a narrower one. Empty for types that the file itself declares. */
  evidence: Evidence[];
  /** Text columns only: what core needs to decide one type over several units. */
  statistics?: ColumnStatistics;
  /** Instead of statistics and evidence, of a column whose types are given: whether all values that were seen fit them. `field.type` is text. */
  fits?: boolean;
  /** Formats with nested values only: what stands in this column. `field.type` is then what this unit alone would make of it. */
  shape?: ValueShape;
}

/** What a format learned from one unit. Plain JSON: core stores it. */
export interface Observation {
  fields: ObservedField[];
  /** `file-schema`: declared by the file. `sample`: only part was read, so later values may refute the types. */
  origin: 'file-schema' | 'sample' | 'full-scan';
  sampledBytes: number;
  /**
   * Samples only: the head of the file has all of `fields`, in this order, and the parts that were read further on have no others. Who decodes the unit
   * notices each one that comes all the same, when its plan asks for that.
   */
  fieldsFrom?: 'head';
  /** Data records, rejected ones included; only after a full scan. */
  exactRows?: number;
  /** Data records that the decoder rejects; only after a full scan. */
  rejectedRows?: number;
  /** Texts that mean null in every column of this unit, from the format's options. */
  nulls?: string[];
  /** The format's own, read back by its `lower`. */
  facts: Json;
  /** Patches of options are written for `/input/format/options/<option>`; core makes them fit a spec that says `detect`. */
  findings: Diagnostic[];
  /**
   * Code of the finding that somebody has to decide first, since the file can be read in two ways and either would give values that look right:
   * the unit is held. Its fixes say how to decide.
   */
  undecided?: string;
}
