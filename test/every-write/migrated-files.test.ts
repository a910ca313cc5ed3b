import { describe, expect, it } from 'vitest';
import { requireTier } from '../readers/require-tier.ts';
import { foreignLake } from './foreign-lake.ts';
import { type SpecOptions, TABLE } from './lake-world.ts';

describe.runIf(requireTier('python'))('tables that were made of files without field ids', () => {
  const lake = foreignLake();
  const prepare = (program: string): Promise<string> =>
    lake.prepare(`
import os
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.typedef import Record
from pyiceberg.types import IntegerType, ListType, LongType, NestedField, StringType, StructType
${program}
None`);

  /** As PyIceberg reads the table, sorted; what Calve shows must be the same. */
  async function rows(columns: readonly string[]): Promise<string[]> {
    const { rows } = await lake.pyIceberg.run(
      `from pyiceberg.catalog.sql import SqlCatalog; ${lake.catalog()}.load_table("${TABLE}").scan().select(${columns.map((name) => JSON.stringify(name)).join(', ')}).to_arrow()`,
    );
    const seen = rows.map((row) => row.map((value) => JSON.stringify(value)).join(' ')).sort();
    // PyIceberg shows a list that is null as an empty one.
    const shown = (await lake.world.rows()).map((row) =>
      columns.map((name) => JSON.stringify(canonical(row[name] ?? (name === 'people' ? [] : null)))).join(' '),
    );
    expect(shown.sort()).toEqual(seen);
    return seen;
  }

  it('keeps columns that were renamed, members of structs too, when one row of a file is replaced', async () => {
    await prepare(`
person = StructType(NestedField(4, "name", StringType()), NestedField(5, "age", IntegerType()))
s = Schema(NestedField(1, "id", LongType()), NestedField(2, "v", StringType()), NestedField(3, "people", ListType(element_id=6, element=person, element_required=False)))
t = c.create_table("${TABLE}", s)
p = w + "/old.parquet"
people = pa.list_(pa.struct([("name", pa.string()), ("age", pa.int32())]))
pq.write_table(pa.table({"id": pa.array([1, 2, 3], pa.int64()), "v": ["a", "b", None], "people": pa.array([[], [{"name": "Ada", "age": 3}], [{"name": "Eve", "age": None}]], people)}), p)
t.add_files(["file://" + p])
with t.update_schema() as u:
    u.rename_column("v", "title")
    u.rename_column("people.element.name", "called")
with t.update_schema() as u: u.add_column("extra", StringType())
`);
    const columns = ['id', 'title', 'people', 'extra'];
    const before = ['"1" "a" [] null', '"2" "b" [["Ada","3"]] null', '"3" null [["Eve",null]] null'];
    expect(await rows(columns)).toEqual(before);
    lake.world.put('a.csv', 'id,title\n1,new\n');
    const merge: SpecOptions = { mode: { mode: 'merge', keys: ['id'] } };
    const ended = await lake.world.run(merge);
    expect(ended.error).toBeNull();
    expect(await rows(columns)).toEqual(['"1" "new" [] null', ...before.slice(1)]);
  });

  const migrated = `
s = Schema(NestedField(1, "id", LongType()), NestedField(2, "v", StringType()), NestedField(3, "country", StringType()), NestedField(4, "year", LongType()))
spec = PartitionSpec(PartitionField(3, 1000, IdentityTransform(), "country"), PartitionField(4, 1001, IdentityTransform(), "year"))
t = c.create_table("${TABLE}", s, partition_spec=spec)
def hive(name, partition, rows):
    p = w + "/" + name + ".parquet"
    pq.write_table(pa.table({"id": pa.array(rows, pa.int64()), "v": ["v" + str(row) for row in rows]}), p)
    return DataFile.from_args(content=DataFileContent.DATA, file_path="file://" + p, file_format=FileFormat.PARQUET, partition=partition, record_count=len(rows), file_size_in_bytes=os.path.getsize(p), column_sizes={}, value_counts={}, null_value_counts={}, nan_value_counts={}, lower_bounds={}, upper_bounds={}, key_metadata=None, split_offsets=[4], equality_ids=None, sort_order_id=None, spec_id=0)
with t.transaction() as tx:
    tx.set_properties(**{"schema.name-mapping.default": s.name_mapping.model_dump_json()})
    with tx.update_snapshot().fast_append() as f:
        f.append_data_file(hive("de", Record("DE", 2024), [1, 2, 3]))
        f.append_data_file(hive("null", Record(None, 2025), [4, 5]))
`;
  const columns = ['id', 'v', 'country', 'year'];

  it('keeps partition values that stand in the manifest alone, and the partitions of rows', async () => {
    await prepare(migrated);
    expect(await rows(columns)).toEqual([
      '"1" "v1" "DE" "2024"',
      '"2" "v2" "DE" "2024"',
      '"3" "v3" "DE" "2024"',
      '"4" "v4" null "2025"',
      '"5" "v5" null "2025"',
    ]);
    lake.world.put('a.csv', 'id,v,country,year\n1,new,FR,2026\n5,new,FR,2026\n');
    expect((await lake.world.run({ mode: { mode: 'merge', keys: ['id'] } })).error).toBeNull();
    expect(await rows(columns)).toEqual([
      '"1" "new" "FR" "2026"',
      '"2" "v2" "DE" "2024"',
      '"3" "v3" "DE" "2024"',
      '"4" "v4" null "2025"',
      '"5" "new" "FR" "2026"',
    ]);
    const files = await lake.pyIceberg.run(
      `from pyiceberg.catalog.sql import SqlCatalog; import pyarrow as pa; pa.table({"p": sorted(str(f.file.partition) + " " + str(f.file.record_count) for f in ${lake.catalog()}.load_table("${TABLE}").scan().plan_files())})`,
    );
    expect(files.rows.flat()).toEqual(['Record[DE, 2024] 2', 'Record[FR, 2026] 2', 'Record[None, 2025] 1']);
  });

  it('finds keys in partition columns, and replaces whole partitions', async () => {
    await prepare(migrated);
    lake.world.put('merge.csv', 'id,v,country,year\n2,by key,DE,2024\n3,another,FR,2024\n');
    expect(
      (await lake.world.run({ id: 'm', pattern: 'merge.csv', mode: { mode: 'merge', keys: ['id', 'country', 'year'] } })).error,
    ).toBeNull();
    expect(await rows(columns)).toEqual([
      '"1" "v1" "DE" "2024"',
      '"2" "by key" "DE" "2024"',
      '"3" "another" "FR" "2024"',
      '"3" "v3" "DE" "2024"',
      '"4" "v4" null "2025"',
      '"5" "v5" null "2025"',
    ]);
    lake.world.put('days.csv', 'id,v,country,year\n9,whole,DE,2024\n');
    expect((await lake.world.run({ id: 'd', pattern: 'days.csv', mode: { mode: 'overwrite-partitions' } })).error).toBeNull();
    expect(await rows(columns)).toEqual([
      '"3" "another" "FR" "2024"',
      '"4" "v4" null "2025"',
      '"5" "v5" null "2025"',
      '"9" "whole" "DE" "2024"',
    ]);
  });
});

/** What Calve shows as the other readers' texts: members of structs by position. */
function canonical(value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(canonical);
  return typeof value === 'object' ? Object.values(value).map(canonical) : String(value);
}
