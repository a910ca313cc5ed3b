"""PyIceberg and PyArrow: runs copyable lines, appends rows, tells the metadata of a table, reads CSV as text."""

import ast

import canonical
import pyarrow as pa
import pyarrow.csv
from pyiceberg.catalog.sql import SqlCatalog
from service import serve


def run(line):
    """Executes Python source. A table as value of the last expression is answered row by row, anything else as its `repr`."""
    tree = ast.parse(line)
    names = {"__name__": "__main__"}
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<line>", "exec"), names)
    value = None if last is None else eval(compile(ast.Expression(last.value), "<line>", "eval"), names)
    if isinstance(value, pa.RecordBatchReader):
        value = value.read_all()
    return canonical.encode_table(value) if isinstance(value, pa.Table) else {"value": repr(value)}


def load(catalog, table):
    name = catalog.get("name", "calve")
    return SqlCatalog(name, **{key: value for key, value in catalog.items() if key != "name"}).load_table(table)


def append(catalog, table, columns, rows, properties=None):
    """Appends rows of canonical texts in one commit. Columns of the table that are not named get null."""
    target = load(catalog, table)
    schema = target.schema().as_arrow()
    unknown = set(columns) - set(schema.names)
    if unknown:
        raise ValueError(f"{table} has no column {sorted(unknown)}; it has {schema.names}")
    arrays = []
    for field in schema:
        if field.name in columns:
            place = columns.index(field.name)
            arrays.append(canonical.decode_column([row[place] for row in rows], field.type))
        else:
            arrays.append(pa.nulls(len(rows), field.type))
    target.append(pa.Table.from_arrays(arrays, schema=schema), snapshot_properties=properties or {})
    return {"snapshot": str(target.current_snapshot().snapshot_id)}


def describe(catalog, table):
    """The metadata of a table: identity, properties, snapshots with their summaries, manifests and data files of the head."""
    target = load(catalog, table)
    metadata, head = target.metadata, target.current_snapshot()
    return {
        "identity": str(metadata.table_uuid),
        "formatVersion": metadata.format_version,
        "location": metadata.location,
        "metadataLocation": target.metadata_location,
        "schemaId": metadata.current_schema_id,
        "partitioning": [str(field) for field in target.spec().fields],
        "properties": dict(metadata.properties),
        "currentSnapshot": None if head is None else str(head.snapshot_id),
        "snapshots": [snapshot(entry) for entry in metadata.snapshots],
        "manifests": [] if head is None else [manifest(entry) for entry in head.manifests(target.io)],
        "files": [] if head is None else canonical.encode_table(target.inspect.files().select(FILE_COLUMNS)),
    }


FILE_COLUMNS = ["file_path", "file_format", "record_count", "file_size_in_bytes"]


def snapshot(entry):
    summary = entry.summary
    return {
        "id": str(entry.snapshot_id),
        "parent": None if entry.parent_snapshot_id is None else str(entry.parent_snapshot_id),
        "sequenceNumber": entry.sequence_number,
        "timestampMilliseconds": entry.timestamp_ms,
        "operation": None if summary is None else summary.operation.value,
        "summary": {} if summary is None else dict(summary.additional_properties),
    }


def manifest(entry):
    return {
        "path": entry.manifest_path,
        "content": entry.content.name.lower(),
        "addedSnapshot": str(entry.added_snapshot_id),
        "sequenceNumber": entry.sequence_number,
        "partitionSpecId": entry.partition_spec_id,
        "addedFiles": entry.added_files_count,
        "existingFiles": entry.existing_files_count,
        "deletedFiles": entry.deleted_files_count,
        "addedRows": entry.added_rows_count,
    }


def read_csv_as_text(path, delimiter=",", quote='"', header=True, encoding="utf8"):
    """
    Every cell of a CSV file as the text that is written there; no type and no null token is guessed. A cell is null where nothing
    stands between two delimiters, and "" where two quotes stand there. Columns are named by place where there is no header.
    Records with another number of fields than the first one are left out and answered as `ragged`.
    """
    ragged = []

    def set_aside(row):
        ragged.append({"number": row.number, "expected": row.expected_columns, "actual": row.actual_columns, "text": row.text})
        return "skip"

    parsing = pa.csv.ParseOptions(delimiter=delimiter, quote_char=quote or False, newlines_in_values=True, invalid_row_handler=set_aside)
    # Columns are addressed by place, since a file may have two of the same name; so the header is a record like any other.
    first = pa.csv.ReadOptions(autogenerate_column_names=True, encoding=encoding)
    all_text = pa.csv.ConvertOptions(strings_can_be_null=False)
    with pa.csv.open_csv(path, first, parsing, all_text) as reader:
        places = reader.schema.names

    # In one block and one thread: every record sees the same rules, and records have numbers.
    reading = pa.csv.ReadOptions(column_names=places, encoding=encoding, use_threads=False, block_size=256 * 1024 * 1024)
    ragged.clear()
    as_written = pa.csv.ConvertOptions(
        column_types={place: pa.string() for place in places},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    table = pa.csv.read_csv(path, reading, parsing, as_written)
    columns = [column.to_pylist() for column in table.columns]
    names = [column[0] or "" for column in columns] if header else places
    return {"names": names, "columns": [column[1:] if header else column for column in columns], "ragged": ragged}


serve({"run": run, "append": append, "describe": describe, "readCsvAsText": read_csv_as_text})
