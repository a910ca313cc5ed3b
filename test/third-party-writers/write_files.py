"""Writes tables with the programs that people write files with. Reads tasks from a JSON file and answers what became of each, one JSON per line.

A task: {"file": path, "format": "csv", "writer": "pandas", "dialect": {...}, "columns": [[name, type]], "rows": [[text or null]]}.
A further format is one more entry in WRITERS, with a function per writer.
"""

import csv
import datetime
import decimal
import glob
import gzip
import io
import json
import os
import shutil
import sys

import pyarrow as pa
import zstandard

PARSE = {
    "int64": int,
    "float64": float,
    "decimal": decimal.Decimal,
    "boolean": lambda text: text == "true",
    "date": datetime.date.fromisoformat,
    "timestamp": datetime.datetime.fromisoformat,
    "string": str,
}
ARROW = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "decimal": pa.decimal128(18, 4),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "string": pa.string(),
}


def values_of(task, at, kind):
    return [None if row[at] is None else PARSE[kind](row[at]) for row in task["rows"]]


def arrow_table(task):
    return pa.table({name: pa.array(values_of(task, at, kind), ARROW[kind]) for at, (name, kind) in enumerate(task["columns"])})


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


def pandas_csv(task):
    import pandas as pd

    dialect = task["dialect"]
    types = {"int64": "Int64", "boolean": "boolean", "timestamp": "datetime64[us]"}
    frame = pd.DataFrame(
        {
            name: pd.Series(values_of(task, at, kind), dtype=types.get(kind, "object"))
            for at, (name, kind) in enumerate(task["columns"])
        }
    )
    quoting = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "none": csv.QUOTE_NONE}[dialect["quoting"]]
    frame.to_csv(
        task["file"],
        index=False,
        sep=dialect["delimiter"],
        header=dialect["header"],
        quoting=quoting,
        quotechar=dialect["quote"] or '"',
        doublequote=dialect["escape"] != "\\",
        escapechar="\\" if dialect["escape"] == "\\" else None,
        lineterminator=dialect["lineEnd"],
        encoding=dialect["encoding"],
        na_rep=dialect["null"],
        compression=dialect.get("compression"),
    )


def polars_csv(task):
    import polars as pl

    dialect = task["dialect"]
    buffer = io.BytesIO()
    pl.from_arrow(arrow_table(task)).write_csv(
        buffer,
        include_header=dialect["header"],
        include_bom=dialect["encoding"] == "utf-8-sig",
        separator=dialect["delimiter"],
        quote_char=dialect["quote"] or '"',
        quote_style={"minimal": "necessary", "all": "always", "none": "never"}[dialect["quoting"]],
        line_terminator=dialect["lineEnd"],
        null_value=dialect["null"],
    )
    store(task, buffer.getvalue())


def pyarrow_csv(task):
    from pyarrow import csv as arrow_csv

    dialect = task["dialect"]
    options = arrow_csv.WriteOptions(
        include_header=dialect["header"],
        delimiter=dialect["delimiter"],
        quoting_style={"minimal": "needed", "all": "all_valid", "none": "none"}[dialect["quoting"]],
    )
    codec = dialect.get("compression")
    with pa.CompressedOutputStream(task["file"], codec) if codec else pa.OSFile(task["file"], "wb") as target:
        arrow_csv.write_csv(arrow_table(task), target, options)


def duckdb_csv(task):
    import duckdb

    dialect = task["dialect"]
    connection = duckdb.connect()
    connection.register("written", arrow_table(task))

    def text(value):
        return "'" + value.replace("'", "''") + "'"

    options = {
        "FORMAT": "csv",
        "HEADER": "true" if dialect["header"] else "false",
        "DELIMITER": text(dialect["delimiter"]),
        "QUOTE": text(dialect["quote"] or ""),
        "ESCAPE": text(dialect["escape"] or ""),
        "NULLSTR": text(dialect["null"]),
        **({"FORCE_QUOTE": "*"} if dialect["quoting"] == "all" else {}),
        **({"COMPRESSION": dialect["compression"]} if dialect.get("compression") else {}),
    }
    listed = ", ".join(f"{name} {value}" for name, value in options.items())
    connection.execute(f"COPY (SELECT * FROM written) TO {text(task['file'])} ({listed})")


def csvkit_csv(task):
    from csvkit.utilities.csvformat import CSVFormat

    dialect = task["dialect"]
    source = task["file"] + ".source"
    with open(source, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow([name for name, _ in task["columns"]])
        rows.writerows([["" if cell is None else cell for cell in row] for row in task["rows"]])
    arguments = ["-D", dialect["delimiter"], "-M", dialect["lineEnd"], "-U", {"minimal": "0", "all": "1"}[dialect["quoting"]]]
    if dialect["quote"] != '"':
        arguments += ["-Q", dialect["quote"]]
    if not dialect["header"]:
        arguments += ["-E"]
    target = io.StringIO()
    CSVFormat([*arguments, source], target).run()
    os.remove(source)
    store(task, target.getvalue().encode(dialect["encoding"]))


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


SPARK_TYPES = {"int64": "BIGINT", "float64": "DOUBLE", "decimal": "DECIMAL(18,4)", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP_NTZ"}


def spark_csv(task):
    dialect = task["dialect"]
    schema = ", ".join(f"`{name}` {SPARK_TYPES.get(kind, 'STRING')}" for name, kind in task["columns"])
    columns = [values_of(task, at, kind) for at, (_, kind) in enumerate(task["columns"])]
    frame = spark_session().createDataFrame(list(zip(*columns)), schema).coalesce(1)
    options = {
        "sep": dialect["delimiter"],
        "quote": dialect["quote"] or "\u0000",
        "escape": dialect["escape"] or "\\",
        "quoteAll": str(dialect["quoting"] == "all").lower(),
        "header": str(dialect["header"]).lower(),
        "nullValue": dialect["null"],
        "encoding": dialect["encoding"],
        "timestampNTZFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
        "ignoreLeadingWhiteSpace": "false",
        "ignoreTrailingWhiteSpace": "false",
        **({"compression": dialect["compression"]} if dialect.get("compression") else {}),
    }
    folder = task["file"] + ".folder"
    frame.write.options(**options).csv(folder)
    (written,) = glob.glob(os.path.join(glob.escape(folder), "part-*"))
    shutil.move(written, task["file"])
    shutil.rmtree(folder)


WRITERS = {
    "csv": {
        "pandas": pandas_csv,
        "polars": polars_csv,
        "PyArrow": pyarrow_csv,
        "DuckDB": duckdb_csv,
        "csvkit": csvkit_csv,
        "Spark": spark_csv,
    }
}

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as plan:
        tasks = json.load(plan)
    for at, one in enumerate(tasks):
        try:
            WRITERS[one["format"]][one["writer"]](one)
            answer = {"task": at, "error": None}
        except Exception as error:  # the test says which task failed and why
            answer = {"task": at, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
