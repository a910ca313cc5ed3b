"""What PyArrow finds wrong with a Parquet file: checksums of pages, and statistics that the values contradict."""

import math

import pyarrow as pa
import pyarrow.parquet as pq

CUT = 16


def unscaled(value):
    """The integer behind a decimal."""
    sign, digits, _ = value.as_tuple()
    number = int("".join(map(str, digits)))
    return -number if sign else number


def physical_values(column):
    """The values as the statistics compare them: integers, floats, or bytes. Nulls are left out."""
    type_ = column.type
    if isinstance(type_, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks])
        type_ = column.type
    if pa.types.is_date32(type_):
        column = column.cast(pa.int32())
    elif pa.types.is_timestamp(type_) or pa.types.is_time64(type_):
        column = column.cast(pa.int64())
    values = [value for value in column.to_pylist() if value is not None]
    if pa.types.is_decimal(type_):
        return [unscaled(value) for value in values]
    if pa.types.is_floating(type_):
        return [value for value in values if not math.isnan(value)]
    return [value.encode() if isinstance(value, str) else value for value in values]


def bound(raw, type_):
    """A bound of the footer in the same form."""
    if pa.types.is_decimal(type_) and isinstance(raw, bytes):
        return int.from_bytes(raw, "big", signed=True)
    return raw


def chunk_problems(name, column, statistics):
    values = physical_values(column)
    if statistics.null_count != column.null_count:
        yield f"{name}: {statistics.null_count} nulls in the footer, {column.null_count} in the pages"
    if not values:
        if statistics.has_min_max:
            yield f"{name}: bounds without a value"
        return
    if not statistics.has_min_max:
        if max(map(len, values)) <= 256:
            yield f"{name}: no bounds"
        return
    low, high = bound(statistics.min_raw, column.type), bound(statistics.max_raw, column.type)
    is_cut = isinstance(low, bytes) and not pa.types.is_fixed_size_binary(column.type)
    if low > min(values) or (low != min(values) and not (is_cut and len(min(values)) > CUT)):
        yield f"{name}: the lower bound {low!r} does not fit {min(values)!r}"
    if high < max(values) or (high != max(values) and not (is_cut and len(max(values)) > CUT)):
        yield f"{name}: the upper bound {high!r} does not fit {max(values)!r}"


def problems(path, ids):
    """Sentences; none when all is well. `ids`: the field id that each column has to have."""
    file = pq.ParquetFile(path, page_checksum_verification=True)
    found = []
    for field, expected in zip(file.schema_arrow, ids, strict=True):
        if field.metadata is None or field.metadata.get(b"PARQUET:field_id") != str(expected).encode():
            found.append(f"{field.name}: has not the field id {expected}")
    for number in range(file.metadata.num_row_groups):
        group, table = file.metadata.row_group(number), file.read_row_group(number)
        if group.num_rows != table.num_rows:
            found.append(f"row group {number}: {group.num_rows} rows in the footer, {table.num_rows} in the pages")
        for at, name in enumerate(table.column_names):
            found.extend(f"row group {number}: {text}" for text in chunk_problems(name, table.column(at), group.column(at).statistics))
    return found
