"""Writes a task as CSV, with each program. `dialect`: see csv-cases.ts."""

import csv
import io
import os

import pyarrow as pa

from task_tables import arrow_table, csv_source, only_part, pandas_frame, spark_frame, sql_text, store


def pandas_csv(task):
    dialect = task["dialect"]
    quoting = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "none": csv.QUOTE_NONE}[dialect["quoting"]]
    pandas_frame(task).to_csv(
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

    options = {
        "FORMAT": "csv",
        "HEADER": "true" if dialect["header"] else "false",
        "DELIMITER": sql_text(dialect["delimiter"]),
        "QUOTE": sql_text(dialect["quote"] or ""),
        "ESCAPE": sql_text(dialect["escape"] or ""),
        "NULLSTR": sql_text(dialect["null"]),
        **({"FORCE_QUOTE": "*"} if dialect["quoting"] == "all" else {}),
        **({"COMPRESSION": dialect["compression"]} if dialect.get("compression") else {}),
    }
    listed = ", ".join(f"{name} {value}" for name, value in options.items())
    connection.execute(f"COPY (SELECT * FROM written) TO {sql_text(task['file'])} ({listed})")


def csvkit_csv(task):
    from csvkit.utilities.csvformat import CSVFormat

    dialect = task["dialect"]
    source = csv_source(task)
    arguments = ["-D", dialect["delimiter"], "-M", dialect["lineEnd"], "-U", {"minimal": "0", "all": "1"}[dialect["quoting"]]]
    if dialect["quote"] != '"':
        arguments += ["-Q", dialect["quote"]]
    if not dialect["header"]:
        arguments += ["-E"]
    target = io.StringIO()
    CSVFormat([*arguments, source], target).run()
    os.remove(source)
    store(task, target.getvalue().encode(dialect["encoding"]))


def spark_csv(task):
    dialect = task["dialect"]
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
    only_part(task, spark_frame(task).write.options(**options).csv)


CSV_WRITERS = {
    "pandas": pandas_csv,
    "polars": polars_csv,
    "PyArrow": pyarrow_csv,
    "DuckDB": duckdb_csv,
    "csvkit": csvkit_csv,
    "Spark": spark_csv,
}
