// The compiled kernels of the Parquet encoder. Each has a twin in plain JavaScript in packages/sink-iceberg/src, which is normative: the same bytes.
export { denseIndexes, denseValues } from './dense-values.ts';
export { numberPairs, numberTexts, numberWords } from './dictionary.ts';
export { isConstant, packIndexes } from './dictionary-indexes.ts';
export {
  extremeFloat32,
  extremeFloat64,
  extremeInt32,
  extremeInt64,
  extremeTexts,
  highestRow,
  notNumberCount,
} from './extreme-rows.ts';
export { countOnes, expandBits, packBytes } from './pack-bits.ts';
export { bigEndian, gathered, lowWords, plainTexts } from './plain-values.ts';
export { snappyFragment } from './snappy.ts';
export { splitTexts } from './split-texts.ts';
export { shiftedOffsets } from './text-offsets.ts';
