"""The values of a table, or of the files that it was made of, as a few numbers that do not depend on the order of rows.

Called with the path of a JSON file: {"columns", "kind", ...} with kind
  "iceberg"  lake, table     the current snapshot, found by PyIceberg
  "parquet"  folder          all data files of a folder
  "source"   landing, changes or null, format, key    the files themselves, read by DuckDB with the types that are given
Prints {"rows", "columns": {name: "count/sum of hashes"}, "together": "sum of hashes of whole rows", "bytes"}.
"""

import json
import os
import sys

import duckdb

SIMPLE = {
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
}


def type_of(type_):
    if type_["kind"] == "decimal":
        return f"DECIMAL({type_['precision']},{type_['scale']})"
    if type_["kind"] == "struct":
        members = ", ".join(f'"{field["name"]}" {type_of(field["type"])}' for field in type_["fields"])
        return f"STRUCT({members})"
    return SIMPLE[type_["kind"]]


def files_below(folder, ending):
    found = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(ending)]
    return sorted(found)


def source_query(folder, request):
    columns = ", ".join(f"'{column['name']}': '{type_of(column['type'])}'" for column in request["columns"])
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    if request["format"] == "jsonl":
        return f"SELECT * FROM read_json({files}, format = 'newline_delimited', columns = {{{columns}}})"
    return (
        f"SELECT * FROM read_csv({files}, header = true, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', columns = {{{columns}}})"
    )


def live_files(request):
    """Data files of the current snapshot. Where rows were deleted apart from their files, PyIceberg writes what is left into a file."""
    from pyiceberg.catalog.sql import SqlCatalog

    folder = request["lake"]
    catalog = SqlCatalog("bench", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
    tasks = list(load(catalog, request["table"]).scan().plan_files())
    if any(task.delete_files for task in tasks):
        raise SystemExit("The table has delete files, which this check does not read.")
    return [task.file.file_path.removeprefix("file://") for task in tasks]


def load(catalog, name):
    """The table, whatever name its writer gave to the catalog: that name is part of each row of a SQLite catalog."""
    import sqlite3
    from contextlib import closing

    path = catalog.properties["uri"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        names = [row[0] for row in database.execute("SELECT DISTINCT catalog_name FROM iceberg_tables")]
    catalog.name = names[0]
    return catalog.load_table(name)


def hashes(query, columns):
    database = duckdb.connect(config={"threads": 2})
    database.execute("SET TimeZone = 'UTC'")
    typed = [f'CAST("{column["name"]}" AS {type_of(column["type"])})' for column in columns]
    sums = [f"count({value}), sum(hash({value})::HUGEINT)" for value in typed]
    row = database.execute(f"SELECT count(*), sum(hash({', '.join(typed)})::HUGEINT), {', '.join(sums)} FROM ({query})").fetchone()
    pairs = {column["name"]: f"{row[2 + 2 * at]}/{row[3 + 2 * at]}" for at, column in enumerate(columns)}
    return {"rows": row[0], "columns": pairs, "together": str(row[1])}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    size = 0
    if request["kind"] == "source":
        query = source_query(request["landing"], request)
        if request["changes"]:
            changed = source_query(request["changes"], request)
            query = f"WITH changed AS MATERIALIZED ({changed}) SELECT * FROM ({query}) ANTI JOIN changed USING ({request['key']}) UNION ALL FROM changed"
    else:
        files = live_files(request) if request["kind"] == "iceberg" else files_below(request["folder"], ".parquet")
        size = sum(os.path.getsize(path) for path in files)
        query = f"SELECT * FROM read_parquet({files})"
    print(json.dumps({**hashes(query, request["columns"]), "bytes": size}))


main()
