"""DuckDB with its Iceberg extension."""

import importlib
import os
import tempfile

import canonical
import duckdb
from service import serve

EXTENSIONS = ("avro", "httpfs", "iceberg")


def connect():
    """
    A connection for which `INSTALL iceberg` has already happened: the files come from the PyPI packages of the extensions and are
    laid out as DuckDB would after a download, so that queries that say INSTALL and LOAD run unchanged.
    """
    platform = duckdb.connect().execute("PRAGMA platform").fetchone()[0]
    version = "v" + duckdb.__version__
    root = tempfile.mkdtemp(prefix="duckdb-extensions-")
    folder = os.path.join(root, version, platform)
    os.makedirs(folder)
    for name in EXTENSIONS:
        package = os.path.dirname(importlib.import_module(f"duckdb_extension_{name}").__file__)
        file = f"{name}.duckdb_extension"
        os.symlink(os.path.join(package, "extensions", version, file), os.path.join(folder, file))
    connection = duckdb.connect(config={"extension_directory": root, "threads": 2})
    for name in EXTENSIONS:
        connection.execute(f"LOAD {name}")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


CONNECTION = connect()


def query(sql):
    """Runs one or more statements and answers the rows of the last one."""
    return canonical.encode_table(CONNECTION.sql(sql).to_arrow_table())


serve({"query": query})
