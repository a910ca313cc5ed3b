"""What the round trip test asks of PyIceberg: creating tables, and reading many of them in one call."""

import json
import os
import struct
import uuid
from decimal import Decimal

import canonical
import pyarrow as pa
import pyarrow.parquet
import pyiceberg.avro.file
from pyiceberg import expressions
from pyiceberg.avro.decoder import StreamingBinaryDecoder
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.conversions import from_bytes
from pyiceberg.expressions import literals
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform

# The compiled decoder of PyIceberg 0.12.0 reads a double of a manifest as a float, whoever wrote it; the one in Python does not.
pyiceberg.avro.file.new_decoder = StreamingBinaryDecoder


def open_catalog(properties):
    return SqlCatalog("calve", **properties)


def create_tables(properties, tables):
    """`tables`: `[{name, schema, partition: [{column, transform}], properties}]`, the schema as Iceberg's JSON."""
    catalog = open_catalog(properties)
    for table in tables:
        catalog.create_namespace_if_not_exists(table["name"].rsplit(".", 1)[0])
        schema = Schema.model_validate(table["schema"])
        fields = [
            PartitionField(
                source_id=schema.find_field(field["column"]).field_id,
                field_id=1000 + place,
                transform=parse_transform(field["transform"]),
                name=f"part_{place}",
            )
            for place, field in enumerate(table["partition"])
        ]
        catalog.create_table(table["name"], schema, partition_spec=PartitionSpec(*fields), properties=table["properties"])
    return pa.table({"created": [table["name"] for table in tables]})


def read_tables(properties, tables):
    """
    `tables`: `[{name, filters: [[column, operator, text]]}]`. One row per table: its name and, as JSON, what was read, or the error.
    """
    catalog = open_catalog(properties)
    answers = [json.dumps(answer(catalog, table), ensure_ascii=False) for table in tables]
    return pa.table({"name": [table["name"] for table in tables], "answer": answers})


def answer(catalog, request):
    try:
        table = catalog.load_table(request["name"])
        content = canonical.encode_table(table.scan().to_arrow())
        files = [task.file for task in table.scan().plan_files()]
        return {
            "schema": content["schema"],
            "rows": content["rows"],
            "files": len(files),
            "records": sum(file.record_count for file in files),
            "nulls": null_counts(table, files),
            "partitions": sorted(json.dumps([str(value) for value in tuple_of(file)]) for file in files),
            "problems": [problem for file in files for problem in problems_of(table, file)],
            "filters": [filtered(table, condition) for condition in request["filters"]],
        }
    except Exception as error:  # noqa: BLE001 - one table must not hide the others
        return {"error": f"{type(error).__name__}: {error}"}


def null_counts(table, files):
    """From the manifests, by column."""
    return {
        field.name: sum(file.null_value_counts.get(field.field_id, -1) for file in files) for field in table.schema().fields
    }


def filtered(table, condition):
    column, operator, text = condition
    try:
        scan = table.scan(row_filter=predicate(table, column, operator, text), selected_fields=("id",))
        return {"ids": sorted(scan.to_arrow().column("id").to_pylist()), "files": len(list(scan.plan_files()))}
    except Exception as error:  # noqa: BLE001 - told apart from wrong rows
        return {"error": f"{type(error).__name__}: {error}"}


def predicate(table, column, operator, text):
    if operator == "is null":
        return expressions.IsNull(column)
    if operator == "is not null":
        return expressions.NotNull(column)
    kind = {"=": expressions.EqualTo, "<": expressions.LessThan, ">=": expressions.GreaterThanOrEqual}[operator]
    return kind(column, literal(str(table.schema().find_field(column).field_type), text))


def literal(type_, text):
    """A literal from canonical text, without the types of Python that end at the years 1 and 9999."""
    if type_ == "boolean":
        return literals.BooleanLiteral(text == "true")
    if type_ in ("int", "long"):
        return literals.LongLiteral(int(text))
    if type_ == "float":
        return literals.FloatLiteral(struct.unpack(">f", bytes.fromhex(text))[0])
    if type_ == "double":
        return literals.DoubleLiteral(struct.unpack(">d", bytes.fromhex(text))[0])
    if type_.startswith("decimal"):
        return literals.DecimalLiteral(Decimal(text))
    if type_ == "date":
        return literals.DateLiteral(canonical.days_of(text))
    if type_ == "time":
        return literals.TimeLiteral(canonical.time_micros(text))
    if type_.startswith("timestamp"):
        day, time = text.rstrip("Z").split("T")
        return literals.TimestampLiteral(canonical.days_of(day) * canonical.MICROS_PER_DAY + canonical.time_micros(time))
    if type_ == "uuid":
        return literals.UUIDLiteral(uuid.UUID(text).bytes)
    if type_ == "string":
        return literals.StringLiteral(text)
    decoded = canonical.base64.b64decode(text)
    return literals.BinaryLiteral(decoded) if type_ == "binary" else literals.FixedLiteral(decoded)


def tuple_of(file):
    return [file.partition[place] for place in range(len(file.partition))]


def problems_of(table, file):
    """What the manifest says of a data file, against the rows in it and PyIceberg's own transforms and order."""
    stored = pa.parquet.ParquetFile(file.file_path.removeprefix("file://")).read()
    where = f"{os.path.basename(file.file_path)}: "
    if stored.num_rows != file.record_count:
        yield f"{where}{file.record_count} records in the manifest, {stored.num_rows} in the file"
    values = {field.field_id: internal(stored.column(field.name)) for field in table.schema().fields if field.name in stored.schema.names}
    for place, field in enumerate(table.specs()[file.spec_id].fields):
        told = file.partition[place]
        for value in values[field.source_id]:
            made = transformed(field.transform, table.schema().find_field(field.source_id).field_type, value)
            if not same(made, told):
                yield f"{where}partition field {field.name} ({field.transform}) is {told!r}, but {value!r} belongs to {made!r}"
    for field in table.schema().fields:
        if field.field_id in values:
            yield from metric_problems(where, field, file, values[field.field_id])


def metric_problems(where, field, file, values):
    present = [value for value in values if value is not None]
    numbers = [value for value in present if value == value]
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
        bound = comparable(from_bytes(field.field_type, bounds[field.field_id]))
        for value in numbers:
            if is_wrong(bound, comparable(value)):
                yield f"{where}{name} bound of {field.name} is {bound!r}, which leaves out {value!r}"


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
        return struct.pack(">d", a) == struct.pack(">d", b) or (a != a and b != b)
    return comparable(a) == comparable(b)
