/**
 * Definition and repetition levels of a leaf inside structs, lists or maps. There is one slot for each of its values, and one for each
 * place where a null or an empty list leaves none; they stand in the order of the rows.
 *
 * @see https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding
 */
export interface LeafLevels {
  slots: number;
  /** Of a slot that has a value. */
  highestDefinition: number;
  /** One byte per slot, longer than `slots`; `null`: every slot has a value. */
  definition: Uint8Array | null;
  /** 0: no list is around the leaf, and slots are rows. */
  highestRepetition: number;
  /** One byte per slot, longer than `slots`; 0 begins a row. `null` where no list is around the leaf. */
  repetition: Uint8Array | null;
}
