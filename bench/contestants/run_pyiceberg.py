"""PyArrow reads, PyIceberg appends: a stream of record batches, so that memory does not grow with the files."""

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.dataset as dataset
from iceberg_lake import Lake, run

lake = Lake()
pa.set_cpu_count(lake.threads)
pa.set_io_thread_count(max(1, lake.threads))


def format_of(schema):
    if lake.job["format"] == "jsonl":
        import pyarrow.json as json

        return dataset.JsonFileFormat(parse_options=json.ParseOptions(explicit_schema=schema))
    return dataset.CsvFileFormat(
        parse_options=csv.ParseOptions(newlines_in_values=lake.job["newlinesInValues"]),
        convert_options=csv.ConvertOptions(
            column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        ),
    )


def schema_of(table):
    """With the texts of 32-bit offsets, as the readers of PyArrow make them."""

    def plain(type_):
        if pa.types.is_large_string(type_):
            return pa.string()
        if pa.types.is_struct(type_):
            return pa.struct([field.with_type(plain(field.type)).remove_metadata() for field in type_])
        return type_

    return pa.schema([field.with_type(plain(field.type)).remove_metadata() for field in table.schema().as_arrow()])


def batches(table, paths):
    schema = schema_of(table)
    read = pa.schema([readable(field) for field in schema]) if lake.job["format"] == "jsonl" else schema
    reader = dataset.dataset(paths, schema=read, format=format_of(read)).scanner(use_threads=lake.threads > 1).to_reader()
    return reader if read == schema else reader.cast(schema)


def readable(field):
    """PyArrow reads moments from JSON, but no days."""
    return field.with_type(pa.timestamp("s")) if pa.types.is_date(field.type) else field


def append(table, paths):
    table.append(batches(table, paths))


def merge(table, paths):
    table.upsert(batches(table, paths).read_all(), join_cols=[lake.job["key"]])


run(lake, append, merge)
