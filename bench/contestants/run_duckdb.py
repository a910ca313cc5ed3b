"""DuckDB reads and writes Parquet with COPY; PyIceberg adds the files to the table."""

import os
import uuid

import duckdb
from iceberg_lake import Lake, run
from pyiceberg.expressions import AlwaysTrue

SIMPLE = {
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
}

lake = Lake()
database = duckdb.connect(config={"threads": lake.threads})


def type_of(type_):
    if type_["kind"] == "decimal":
        return f"DECIMAL({type_['precision']},{type_['scale']})"
    if type_["kind"] == "struct":
        members = ", ".join(f"{field['name']} {type_of(field['type'])}" for field in type_["fields"])
        return f"STRUCT({members})"
    return SIMPLE[type_["kind"]]


def reading(paths):
    columns = ", ".join(f"'{column['name']}': '{type_of(column['type'])}'" for column in lake.columns)
    if lake.job["format"] == "jsonl":
        return f"read_json({paths}, format = 'newline_delimited', columns = {{{columns}}})"
    return f"read_csv({paths}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}})"


def copy(query):
    folder = os.path.join(lake.folder, "warehouse", "data")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{uuid.uuid4()}.parquet")
    database.execute(
        f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880)"
    )
    return f"file://{path}"


def append(table, paths):
    # The search for files that were added before grows with the table; whoever makes the names can leave it out.
    table.add_files([copy(f"SELECT * FROM {reading(paths)}")], check_duplicate_files=False)


def merge(table, paths):
    """The table again, with the changed rows in place of the old ones."""
    key = lake.job["key"]
    database.execute(f"CREATE TEMP TABLE changed AS SELECT * FROM {reading(paths)}")
    before = [task.file.file_path.removeprefix("file://") for task in table.scan().plan_files()]
    written = copy(f"SELECT * FROM read_parquet({before}) ANTI JOIN changed USING ({key}) UNION ALL SELECT * FROM changed")
    with table.transaction() as transaction:
        transaction.delete(AlwaysTrue())
        transaction.add_files([written], check_duplicate_files=False)


run(lake, append, merge)
