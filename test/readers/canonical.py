"""Typed values as text, one text per value: what the readers answer and what `append` takes. README.md documents the form."""

import base64
import math
import struct
import uuid
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

MICROS_PER_DAY = 86_400_000_000


def type_name(type_):
    """The name of an Arrow type in the words that Calve uses: `int64`, `decimal(12,2)`, `timestamp (UTC)`, `list<string>`."""
    if is_uuid(type_):
        return "uuid"
    if isinstance(type_, pa.BaseExtensionType):
        return type_name(type_.storage_type)
    if pa.types.is_dictionary(type_):
        return type_name(type_.value_type)
    simple = {
        pa.bool_(): "boolean",
        pa.int32(): "int32",
        pa.int64(): "int64",
        pa.float32(): "float32",
        pa.float64(): "float64",
        pa.date32(): "date",
        pa.null(): "unknown",
    }.get(type_)
    if simple:
        return simple
    if is_text(type_):
        return "string"
    if pa.types.is_fixed_size_binary(type_):
        return f"fixed({type_.byte_width})"
    if is_bytes(type_):
        return "binary"
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision},{type_.scale})"
    if pa.types.is_time64(type_) and type_.unit == "us":
        return "time"
    if pa.types.is_timestamp(type_):
        return ("timestamp_ns" if type_.unit == "ns" else "timestamp") + ("" if type_.tz is None else " (UTC)")
    if pa.types.is_struct(type_):
        return "struct<" + ", ".join(f"{field.name}: {type_name(field.type)}" for field in type_) + ">"
    if is_list(type_):
        return f"list<{type_name(type_.value_type)}>"
    if pa.types.is_map(type_):
        return f"map<{type_name(type_.key_type)}, {type_name(type_.item_type)}>"
    return str(type_)  # a type that no Iceberg table has, shown as Arrow names it


def encode_table(table):
    """`{schema: [[name, type]], rows: [[text or null]]}` of an Arrow table, rows in its order."""
    columns = [encode_column(column) for column in table.columns]
    rows = [list(row) for row in zip(*columns)] if columns else [[] for _ in range(table.num_rows)]
    return {"schema": [[field.name, type_name(field.type)] for field in table.schema], "rows": rows}


def encode_column(column):
    """The canonical texts of one column."""
    type_ = column.type
    if pa.types.is_dictionary(type_):
        column, type_ = column.cast(type_.value_type), type_.value_type
    if isinstance(type_, pa.BaseExtensionType) and not is_uuid(type_):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], type_.storage_type)
        type_ = column.type
    if is_nested(type_):
        return [value for chunk in column.chunks for value in encode_nested(chunk)]
    if pa.types.is_timestamp(type_) or pa.types.is_time(type_):
        column = column.cast(pa.int64())
    elif pa.types.is_date(type_):
        column = column.cast(pa.date32()).cast(pa.int32())
    encode = encoder(type_)
    return [None if value is None else encode(value) for value in column.to_pylist()]


def encode_nested(array):
    """Members are columns of their own: Python has no dates before the year 1, and would have to make them of what is inside a struct."""
    valid = array.is_valid().to_pylist()
    if pa.types.is_struct(array.type):
        members = [encode_column(pa.chunked_array([child])) for child in array.flatten()]
        return [[member[row] for member in members] if valid[row] else None for row in range(len(array))]
    if pa.types.is_fixed_size_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    offsets = array.offsets.to_pylist()
    if pa.types.is_map(array.type):
        parts = (encode_column(pa.chunked_array([array.keys])), encode_column(pa.chunked_array([array.items])))
        inside = [list(pair) for pair in zip(*parts)]
    else:
        inside = encode_column(pa.chunked_array([array.values]))
    return [inside[offsets[row] : offsets[row + 1]] if valid[row] else None for row in range(len(array))]


def encoder(type_):
    """From the Python value that `encode_column` meets for this type to its text."""
    if pa.types.is_boolean(type_):
        return lambda value: "true" if value else "false"
    if pa.types.is_integer(type_):
        return str
    if pa.types.is_float64(type_):
        return lambda value: struct.pack(">d", math.nan if value != value else value).hex()
    if pa.types.is_float32(type_):
        return lambda value: struct.pack(">f", math.nan if value != value else value).hex()
    if pa.types.is_decimal(type_):
        return lambda value: format(value, "f")
    if pa.types.is_date(type_):
        return date_text
    if pa.types.is_time(type_):
        digits = 9 if type_.unit == "ns" else 6
        ticks = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[type_.unit]
        return lambda value: time_text(value, ticks, digits)
    if pa.types.is_timestamp(type_):
        return timestamp_encoder(type_)
    if is_text(type_):
        return lambda value: value
    if is_uuid(type_):
        return str
    if is_bytes(type_):
        return lambda value: base64.b64encode(value).decode()
    if pa.types.is_null(type_):
        return lambda value: value
    raise TypeError(f"no canonical form for the Arrow type {type_}")


def timestamp_encoder(type_):
    per_day, ticks, digits = {
        "s": (86_400, 1, 6),
        "ms": (86_400_000, 1_000, 6),
        "us": (MICROS_PER_DAY, 1_000_000, 6),
        "ns": (MICROS_PER_DAY * 1_000, 1_000_000_000, 9),
    }[type_.unit]
    suffix = "" if type_.tz is None else "Z"

    def encode(value):
        day, rest = divmod(value, per_day)
        return f"{date_text(day)}T{time_text(rest, ticks, digits)}{suffix}"

    return encode


def time_text(value, ticks, digits):
    seconds, fraction = divmod(value, ticks)
    fraction = fraction * 10**digits // ticks
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:0{digits}d}"


@lru_cache(maxsize=100_000)
def date_text(days):
    """Days since 1970-01-01 in the proleptic Gregorian calendar, any year. Howard Hinnant, `civil_from_days`."""
    shifted = days + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_shifted + 2) // 5 + 1
    month = month_shifted + 3 if month_shifted < 10 else month_shifted - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04d}-{month:02d}-{day:02d}"


@lru_cache(maxsize=100_000)
def days_of(text):
    """The inverse of `date_text`. Howard Hinnant, `days_from_civil`."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    year, month, day = (int(part) for part in digits.split("-"))
    year = sign * year - (1 if month <= 2 else 0)
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def decode_column(texts, type_):
    """An Arrow array of this type from canonical texts. Flat types and lists of them."""
    storage = type_
    if pa.types.is_timestamp(type_) or pa.types.is_time(type_):
        storage = pa.int64()
    elif pa.types.is_date(type_):
        storage = pa.int32()
    decode = decoder(type_)
    array = pa.array([None if text is None else decode(text) for text in texts], type=storage)
    return array if storage == type_ else array.cast(type_)


def decoder(type_):
    if pa.types.is_boolean(type_):
        return {"true": True, "false": False}.__getitem__
    if pa.types.is_integer(type_):
        return int
    if pa.types.is_float64(type_):
        return lambda text: struct.unpack(">d", bytes.fromhex(text))[0]
    if pa.types.is_float32(type_):
        return lambda text: struct.unpack(">f", bytes.fromhex(text))[0]
    if pa.types.is_decimal(type_):
        return Decimal
    if pa.types.is_date(type_):
        return days_of
    if pa.types.is_time(type_):
        return time_micros
    if pa.types.is_timestamp(type_) and type_.unit == "us":
        return lambda text: days_of(text[: text.index("T")]) * MICROS_PER_DAY + time_micros(text[text.index("T") + 1 :].rstrip("Z"))
    if is_text(type_):
        return lambda text: text
    if is_uuid(type_):
        return lambda text: uuid.UUID(text).bytes
    if is_bytes(type_):
        return base64.b64decode
    if is_list(type_):
        return lambda values: decode_column(values, type_.value_type).to_pylist()
    raise TypeError(f"values of the Arrow type {type_} cannot be appended from text")


def time_micros(text):
    hours, minutes, seconds = text.split(":")
    whole, _, fraction = seconds.partition(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1_000_000 + int(fraction.ljust(6, "0")[:6])


def is_uuid(type_):
    return isinstance(type_, pa.BaseExtensionType) and type_.extension_name == "arrow.uuid"


def is_text(type_):
    return pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_)


def is_bytes(type_):
    return (
        pa.types.is_binary(type_)
        or pa.types.is_large_binary(type_)
        or pa.types.is_fixed_size_binary(type_)
        or pa.types.is_binary_view(type_)
    )


def is_nested(type_):
    return pa.types.is_struct(type_) or pa.types.is_map(type_) or is_list(type_)


def is_list(type_):
    return pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)
