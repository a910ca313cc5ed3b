"""What the nested round trip asks of PyIceberg: copying and evolving tables, and reading many of them in one call."""

import json
import os
import struct
import traceback
import uuid

import canonical
import pyarrow as pa
import pyarrow.parquet
import pyiceberg.avro.file
from pyiceberg.avro.decoder import StreamingBinaryDecoder
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.conversions import from_bytes
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform

# The compiled decoder of PyIceberg 0.12.0 reads a double of a manifest as a float, whoever wrote it; the one in Python does not.
pyiceberg.avro.file.new_decoder = StreamingBinaryDecoder


def open_catalog(properties):
    return SqlCatalog("calve", **properties)


def each(properties, requests, work):
    """One row per request: the name of its table and, as JSON, the answer or the error."""
    catalog = open_catalog(properties)
    answers = []
    for request in requests:
        try:
            answer = work(catalog, request)
        except Exception as error:  # noqa: BLE001 - one table must not hide the others
            answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc(limit=-4)}
        answers.append(json.dumps(answer, ensure_ascii=False))
    return pa.table({"name": [request["name"] for request in requests], "answer": answers})


def copy_and_evolve(properties, requests):
    """`[{name, source, partition: [[path, transform]], operations}]`: PyIceberg writes the rows of `source`, and evolves the schema."""
    return each(properties, requests, copy_one)


def copy_one(catalog, request):
    source = catalog.load_table(request["source"])
    schema = source.schema()
    fields = [
        PartitionField(
            source_id=schema.find_field(".".join(path)).field_id,
            field_id=1000 + place,
            transform=parse_transform(transform),
            name=f"part_{place}",
        )
        for place, (path, transform) in enumerate(request["partition"])
    ]
    table = catalog.create_table(request["name"], schema, partition_spec=PartitionSpec(*fields))
    # Not through a scan, which makes empty lists of null ones.
    files = [task.file.file_path.removeprefix("file://") for task in source.scan().plan_files()]
    rows = pa.concat_tables([pa.parquet.ParquetFile(file).read() for file in files])
    table.append(rows)
    for operation in request["operations"]:
        with table.update_schema() as update:
            apply(update, operation)
    return {"done": len(request["operations"])}


def apply(update, operation):
    kind, path = operation["kind"], tuple(operation["path"])
    if kind == "add":
        update.add_column(path, type_of(operation["type"]))
    elif kind == "rename":
        update.rename_column(path, operation["to"])
    elif kind == "drop":
        update.delete_column(path)
    elif kind == "widen":
        update.update_column(path, field_type=type_of(operation["type"]))
    elif kind == "optional":
        update.make_column_optional(path)
    elif kind == "move first":
        update.move_first(path)
    else:
        raise ValueError(kind)


def type_of(json_type):
    return Schema.model_validate({"type": "struct", "fields": [{"id": 1, "name": "x", "required": False, "type": json_type}]}).fields[0].field_type


def read_tables(properties, requests):
    """`[{name}]`: schema, rows, and where the manifests contradict the files."""
    return each(properties, requests, read_one)


def read_one(catalog, request):
    table = catalog.load_table(request["name"])
    content = canonical.encode_table(table.scan().to_arrow())
    files = [task.file for task in table.scan().plan_files()]
    order = table.sort_order()
    return {
        "schema": content["schema"],
        "rows": content["rows"],
        "records": sum(file.record_count for file in files),
        "sort": [str(field) for field in order.fields],
        "sortedFiles": [file.sort_order_id for file in files],
        # Only of files that Calve wrote: their names begin with the sequence number and the id of its commit.
        "problems": [problem for file in files if "-commit-" in os.path.basename(file.file_path) for problem in problems_of(table, file)],
    }


def problems_of(table, file):
    """What the manifest says of a data file, against the rows in it and PyIceberg's own transforms and order."""
    stored = pa.parquet.ParquetFile(file.file_path.removeprefix("file://")).read()
    where = f"{os.path.basename(file.file_path)}: "
    if stored.num_rows != file.record_count:
        yield f"{where}{file.record_count} records in the manifest, {stored.num_rows} in the file"
    values = {}
    for column, field in zip(stored.columns, stored.schema):
        collect(column.combine_chunks(), field, values)
    for place, field in enumerate(table.specs()[file.spec_id].fields):
        if str(field.transform) == "void":
            if file.partition[place] is not None:
                yield f"{where}void is {file.partition[place]!r}"
            continue
        type_ = table.schema().find_field(field.source_id).field_type
        for value in values.get(field.source_id, []):
            made = transformed(field.transform, type_, value)
            if not same(made, file.partition[place]):
                yield f"{where}partition field {field.name} ({field.transform}) is {file.partition[place]!r}, but {value!r} belongs to {made!r}"
    for field_id, present in values.items():
        if table.schema().find_column_name(field_id) is not None:
            yield from metric_problems(where, table.schema().find_field(field_id), file, present)


def collect(array, field, values):
    """The values of every leaf that is in no list or map, by field id."""
    field_id = int((field.metadata or {}).get(b"PARQUET:field_id", b"-1"))
    if pa.types.is_struct(array.type):
        for child, member in zip(array.flatten(), array.type):
            collect(child, member, values)
    elif not canonical.is_nested(array.type):
        values[field_id] = internal(array)


def metric_problems(where, field, file, values):
    present = [value for value in values if value is not None]
    numbers = [value for value in present if value == value]
    if field.field_id not in file.value_counts:
        return
    counts = {
        "values": (file.value_counts.get(field.field_id), len(values)),
        "nulls": (file.null_value_counts.get(field.field_id), len(values) - len(present)),
        "NaN": (file.nan_value_counts.get(field.field_id, 0), len(present) - len(numbers)),
    }
    for name, (told, counted) in counts.items():
        if told != counted:
            yield f"{where}{name} of {field.name}: {told} in the manifest, {counted} in the file"
    for name, bounds, is_wrong in (
        ("lower", file.lower_bounds, lambda bound, value: bound > value),
        ("upper", file.upper_bounds, lambda bound, value: bound < value),
    ):
        if field.field_id not in bounds:
            continue
        bound = comparable(from_bytes(field.field_type, widened(field.field_type, bounds[field.field_id])))
        for value in numbers:
            if is_wrong(bound, comparable(value)):
                yield f"{where}{name} bound of {field.name} is {bound!r}, which leaves out {value!r}"


def widened(type_, bound):
    """Bounds outlive a widening: four bytes of a long are an int, four bytes of a double a float."""
    if str(type_) == "long" and len(bound) == 4:
        return struct.pack("<q", struct.unpack("<i", bound)[0])
    if str(type_) == "double" and len(bound) == 4:
        return struct.pack("<d", struct.unpack("<f", bound)[0])
    return bound


def comparable(value):
    """Text by code point, UUIDs by their bytes, as Iceberg orders them."""
    if isinstance(value, uuid.UUID):
        return value.bytes
    return value.encode() if isinstance(value, str) else value


def internal(column):
    """Values as PyIceberg holds them inside: dates are days, times and timestamps microseconds, UUIDs UUIDs."""
    type_ = column.type
    if canonical.is_uuid(type_):
        return [None if value is None else value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value) for value in column.to_pylist()]
    if pa.types.is_timestamp(type_) or pa.types.is_time(type_):
        column = column.cast(pa.int64())
    elif pa.types.is_date(type_):
        column = column.cast(pa.int32())
    return column.to_pylist()


def transformed(transform, type_, value):
    if value is None:
        return None
    try:
        return transform.transform(type_)(value)
    except OverflowError:  # year 0 is not in Python's calendar
        days = value if str(type_) == "date" else value // canonical.MICROS_PER_DAY
        year, month, _ = (int(part) for part in canonical.date_text(days).split("-"))
        return {"year": year - 1970, "month": (year - 1970) * 12 + month - 1}[str(transform)]


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return comparable(a) == comparable(b)
