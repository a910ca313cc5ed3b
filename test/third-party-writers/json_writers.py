"""Writes a task as JSON, with each program. `dialect`: see json-cases.ts."""

import io
import os

from task_tables import arrow_table, csv_source, only_part, pandas_frame, spark_frame, sql_text, store


def pandas_json(task):
    dialect = task["dialect"]
    pandas_frame(task, bool(dialect.get("sparse"))).to_json(
        task["file"],
        orient="table" if dialect["layout"] == "table" else "records",
        lines=dialect["layout"] == "lines",
        date_format="epoch" if dialect.get("epoch") else "iso",
        date_unit="us",
        double_precision=15,
        force_ascii=bool(dialect.get("ascii")),
        indent=dialect.get("indent", 0),
        compression=dialect.get("compression"),
        **({"index": False} if dialect["layout"] == "table" else {}),
    )


def polars_json(task):
    import polars as pl

    frame = pl.from_arrow(arrow_table(task))
    if task["dialect"]["layout"] == "lines":
        frame.write_ndjson(task["file"], compression=task["dialect"].get("compression", "uncompressed"))
    else:
        store(task, frame.write_json().encode())


def duckdb_json(task):
    import duckdb

    dialect = task["dialect"]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("written", arrow_table(task))
    options = {
        "FORMAT": "json",
        "ARRAY": "true" if dialect["layout"] == "array" else "false",
        **({"DATEFORMAT": sql_text(dialect["dates"])} if dialect.get("dates") else {}),
        **({"TIMESTAMPFORMAT": sql_text(dialect["timestamps"])} if dialect.get("timestamps") else {}),
        **({"COMPRESSION": dialect["compression"]} if dialect.get("compression") else {}),
    }
    listed = ", ".join(f"{name} {value}" for name, value in options.items())
    connection.execute(f"COPY (SELECT * FROM written) TO {sql_text(task['file'])} ({listed})")


def csvkit_json(task):
    from csvkit.utilities.csvjson import CSVJSON

    dialect = task["dialect"]
    is_stream = dialect["layout"] == "lines"
    # Only a table whose types are not guessed can have texts like "none", once another word means null; no random text has a "<".
    is_exact = not is_stream and not dialect.get("inferred")
    source = csv_source(task, "<null>" if is_exact else "")
    arguments = ["-d", ",", "-y", "0"]
    if is_stream:
        arguments += ["--stream"]
    if is_exact:
        arguments += ["--blanks", "--null-value", "<null>"]
    if not dialect.get("inferred"):
        arguments += ["-I"]
    if dialect.get("indent"):
        arguments += ["-i", str(dialect["indent"])]
    if dialect.get("mark"):
        arguments += ["--add-bom"]
    content = io.BytesIO()
    target = io.TextIOWrapper(content, encoding="utf-8", newline="")
    CSVJSON([*arguments, source], target).run()
    target.flush()
    os.remove(source)
    store(task, content.getvalue())


def spark_json(task):
    dialect = task["dialect"]
    micros = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"
    options = {
        "ignoreNullFields": str(bool(dialect.get("sparse"))).lower(),
        "pretty": str(dialect["layout"] == "values").lower(),
        "writeNonAsciiCharacterAsCodePoint": str(bool(dialect.get("ascii"))).lower(),
        "compression": dialect.get("compression", "none"),
        **({} if dialect.get("milliseconds") else {"timestampNTZFormat": micros, "timestampFormat": micros + "XXX"}),
        **({"lineSep": dialect["lineEnd"]} if dialect.get("lineEnd") else {}),
    }
    only_part(task, spark_frame(task).write.options(**options).json)


JSON_WRITERS = {
    "pandas": pandas_json,
    "polars": polars_json,
    "DuckDB": duckdb_json,
    "csvkit": csvkit_json,
    "Spark": spark_json,
}
