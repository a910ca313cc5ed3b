import type { PartitionValue } from '../datafile/data-file.ts';
import { toHex } from '../spec/hex.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import { fromTwosComplement } from '../spec/single-value.ts';
import { avroInvalid } from './avro-bytes.ts';
import type { Datum } from './avro-schema.ts';

/**
 * The plain JSON for a partition value that stands in a manifest: what `partitionAvroDatum` and `parsePartitionValue` take back.
 *
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: the datum is no value of the type.
 */
export function partitionValueOfDatum(datum: Datum, type: PrimitiveColumnType): PartitionValue {
  if (datum === null) return null;
  switch (type.kind) {
    case 'boolean':
      if (typeof datum === 'boolean') return datum;
      break;
    case 'int32':
    case 'date':
    case 'unknown':
      if (typeof datum === 'number') return datum;
      break;
    case 'float32':
    case 'float64':
      if (typeof datum === 'number') return Number.isFinite(datum) ? datum : String(datum);
      break;
    case 'int64':
    case 'time':
    case 'timestamp':
      if (typeof datum === 'bigint' || typeof datum === 'number') return String(datum);
      break;
    case 'decimal':
      if (datum instanceof Uint8Array) return String(fromTwosComplement(datum));
      break;
    case 'string':
      if (typeof datum === 'string') return datum;
      break;
    case 'uuid':
    case 'fixed':
    case 'binary':
      if (datum instanceof Uint8Array) return toHex(datum);
      break;
  }
  throw avroInvalid(`a partition value is not of type ${type.kind}`);
}
