"""polars reads and writes; `sink_iceberg` commits through PyIceberg."""

import polars as pl
from iceberg_lake import Lake, run

SIMPLE = {
    "int32": pl.Int32,
    "int64": pl.Int64,
    "float64": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "string": pl.String,
    "timestamp": pl.Datetime("us", "UTC"),
}
MOMENT = "%Y-%m-%dT%H:%M:%S%.fZ"

lake = Lake()


def type_of(type_, text_for=()):
    """The polars type of a column, or text for the kinds that its readers do not take."""
    if type_["kind"] in text_for:
        return pl.String
    if type_["kind"] == "decimal":
        return pl.Decimal(type_["precision"], type_["scale"])
    if type_["kind"] == "struct":
        return pl.Struct({field["name"]: type_of(field["type"], text_for) for field in type_["fields"]})
    return SIMPLE[type_["kind"]]


def read_csv(paths):
    schema = {column["name"]: type_of(column["type"], {"timestamp"}) for column in lake.columns}
    moments = [column["name"] for column in lake.columns if column["type"]["kind"] == "timestamp"]
    return pl.scan_csv(paths, schema=schema).with_columns(
        pl.col(name).str.to_datetime(MOMENT, time_unit="us", time_zone="UTC") for name in moments
    )


def read_json(paths):
    schema = {column["name"]: json_type(column["type"]) for column in lake.columns}
    return pl.scan_ndjson(paths, schema=schema).with_columns(
        typed(pl.col(column["name"]), column["type"]).alias(column["name"])
        for column in lake.columns
        if json_type(column["type"]) != type_of(column["type"])
    )


def json_type(type_):
    """Decimals as doubles, which hold twelve digits exactly; days and moments as text."""
    if type_["kind"] == "decimal":
        return pl.Float64
    if type_["kind"] == "struct":
        return pl.Struct({field["name"]: json_type(field["type"]) for field in type_["fields"]})
    return type_of(type_, {"timestamp", "date"})


def typed(value, type_):
    if type_["kind"] == "timestamp":
        return value.str.to_datetime(MOMENT, time_unit="us", time_zone="UTC")
    if type_["kind"] == "date":
        return value.str.to_date("%Y-%m-%d")
    if type_["kind"] == "decimal":
        return value.cast(type_of(type_))
    if type_["kind"] == "struct":
        return value.struct.with_fields(
            typed(pl.field(field["name"]), field["type"]).alias(field["name"])
            for field in type_["fields"]
            if json_type(field["type"]) != type_of(field["type"])
        )
    return value


def read(paths):
    return read_json(paths) if lake.job["format"] == "jsonl" else read_csv(paths)


def sink(rows, table, mode):
    rows.sink_iceberg(table, mode=mode, compression="zstd", compression_level=3, row_group_size=122_880)


def append(table, paths):
    sink(read(paths), table, "append")
    table.refresh()


def merge(table, paths):
    """The table again, with the changed rows in place of the old ones."""
    changed = read(paths)
    kept = pl.scan_iceberg(table).join(changed, on=lake.job["key"], how="anti")
    sink(pl.concat([kept, changed]), table, "overwrite")


run(lake, append, merge)
