"""The tables of the tasks, in the forms that each program takes them, and what their files have in common."""

import csv
import datetime
import decimal
import glob
import gzip
import os
import shutil

import pyarrow as pa
import zstandard

PARSE = {
    "int64": int,
    "float64": float,
    "decimal": decimal.Decimal,
    "decimal38": decimal.Decimal,
    "boolean": lambda text: text == "true",
    "date": datetime.date.fromisoformat,
    "timestamp": datetime.datetime.fromisoformat,
    "timestamptz": datetime.datetime.fromisoformat,
    "string": str,
}
ARROW = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "decimal": pa.decimal128(18, 4),
    "decimal38": pa.decimal128(38, 10),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "string": pa.string(),
}


def value_of(value, kind, sparse=False):
    """A struct is a dict of its members, of those that are not null where it is sparse; a map is a dict of its entries."""
    if value is None:
        return None
    if isinstance(kind, str):
        return PARSE[kind](value)
    if "list" in kind:
        return [value_of(element, kind["list"], sparse) for element in value]
    if "map" in kind:
        return {key: value_of(inside, kind["map"], sparse) for key, inside in value}
    members = zip(value, kind["struct"])
    return {name: value_of(member, inside, sparse) for member, (name, inside) in members if member is not None or not sparse}


def values_of(task, at, kind, sparse=False):
    return [value_of(row[at], kind, sparse) for row in task["rows"]]


def arrow_type(kind):
    if isinstance(kind, str):
        return ARROW[kind]
    if "list" in kind:
        return pa.list_(arrow_type(kind["list"]))
    if "map" in kind:
        return pa.map_(pa.string(), arrow_type(kind["map"]))
    return pa.struct([(name, arrow_type(inside)) for name, inside in kind["struct"]])


def arrow_table(task):
    return pa.table(
        {name: pa.array(values_of(task, at, kind), arrow_type(kind)) for at, (name, kind) in enumerate(task["columns"])}
    )


def store(task, content):
    """Bytes into the file, compressed by the libraries that Python people use; several members or frames where the task says so."""
    codec = task["dialect"].get("compression")
    cut = len(content) // 2 if task["dialect"].get("inTwo") else 0
    parts = [content[:cut], content[cut:]] if cut else [content]
    if codec == "gzip":
        parts = [gzip.compress(part) for part in parts]
    elif codec == "zstd":
        parts = [zstandard.ZstdCompressor().compress(part) for part in parts]
    with open(task["file"], "wb") as file:
        file.write(b"".join(parts))


def pandas_frame(task, sparse=False):
    import pandas as pd

    types = {"int64": "Int64", "boolean": "boolean", "timestamp": "datetime64[us]", "timestamptz": "datetime64[us, UTC]"}

    def series(at, kind):
        return pd.Series(values_of(task, at, kind, sparse), dtype=types.get(kind, "object") if isinstance(kind, str) else "object")

    return pd.DataFrame({name: series(at, kind) for at, (name, kind) in enumerate(task["columns"])})


def sql_text(value):
    return "'" + value.replace("'", "''") + "'"


def csv_source(task, null=""):
    """What csvkit reads; it has no tables of its own."""
    source = task["file"] + ".source"
    with open(source, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow([name for name, _ in task["columns"]])
        rows.writerows([[null if cell is None else cell for cell in row] for row in task["rows"]])
    return source


SPARK = None


def spark_session():
    global SPARK
    if SPARK is None:
        os.environ["TZ"] = "UTC"
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        from pyspark.sql import SparkSession

        settings = {
            "spark.master": "local[1]",
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC",
            "spark.sql.session.timeZone": "UTC",
            "spark.log.level": "ERROR",
        }
        builder = SparkSession.builder
        for name, value in settings.items():
            builder = builder.config(name, value)
        SPARK = builder.getOrCreate()
    return SPARK


SPARK_TYPES = {
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "decimal": "DECIMAL(18,4)",
    "decimal38": "DECIMAL(38,10)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
    "timestamptz": "TIMESTAMP",
    "string": "STRING",
}


def spark_type(kind):
    if isinstance(kind, str):
        return SPARK_TYPES[kind]
    if "list" in kind:
        return f"ARRAY<{spark_type(kind['list'])}>"
    if "map" in kind:
        return f"MAP<STRING, {spark_type(kind['map'])}>"
    return "STRUCT<" + ", ".join(f"`{name}`: {spark_type(inside)}" for name, inside in kind["struct"]) + ">"


def spark_frame(task):
    schema = ", ".join(f"`{name}` {spark_type(kind)}" for name, kind in task["columns"])
    columns = [values_of(task, at, kind) for at, (_, kind) in enumerate(task["columns"])]
    return spark_session().createDataFrame(list(zip(*columns)), schema).coalesce(1)


def only_part(task, write):
    """Spark writes a folder; its one file is what is wanted."""
    folder = task["file"] + ".folder"
    write(folder)
    (written,) = glob.glob(os.path.join(glob.escape(folder), "part-*"))
    shutil.move(written, task["file"])
    shutil.rmtree(folder)
