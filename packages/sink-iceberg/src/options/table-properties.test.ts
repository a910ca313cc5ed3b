import { describe, expect, it } from 'vitest';
import { icebergTargetSchema } from '../iceberg-sink-options.ts';
import { propertyIssue } from './table-properties.ts';

describe('table properties', () => {
  it.each([
    ['write.parquet.compression-codec', 'snappy'],
    ['write.target-file-size-bytes', '134217728'],
    ['write.metadata.metrics.column.note', 'truncate(32)'],
    ['format-version', '2'],
    ['owner', ''],
    ['write.parquet.bloom-filter-enabled.column.id', 'true'],
  ])('may be %s = %s', (name, value) => {
    expect(propertyIssue(name, value)).toBeNull();
  });

  it.each([
    ['write.parquet.compression-codec', 'lz4', /zstd, gzip, snappy or uncompressed/],
    ['write.target-file-size-bytes', '512MB', /a whole number above 0/],
    ['write.target-file-size-bytes', '0', /a whole number above 0/],
    ['format-version', '3', /the only format version/],
    ['write.format.default', 'orc', /parquet/],
    ['write.metadata.metrics.default', 'some', /truncate\(16\)/],
    ['write.merge.mode', 'fast', /copy-on-write/],
    ['ingest.acme.orders', '{}', /prove which batches/],
  ])('may not be %s = %s', (name, value, words) => {
    expect(propertyIssue(name, value)).toMatch(words);
    const result = icebergTargetSchema['~standard'].validate({ table: 'a.b', properties: { [name]: value } });
    expect(result).toMatchObject({ issues: [{ path: ['properties', name] }] });
  });
});
