"""What the contestants in Python share: the job, the catalog, the table, the list of loaded files. Nothing of it is timed apart."""

import json
import os
import resource
import sys

from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.schema import Schema
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    StructType,
    TimestamptzType,
)

SIMPLE = {
    "int32": IntegerType(),
    "int64": LongType(),
    "float64": DoubleType(),
    "boolean": BooleanType(),
    "date": DateType(),
    "string": StringType(),
    "timestamp": TimestamptzType(),
}

# The level of the others, and the row groups of DuckDB.
PROPERTIES = {
    "write.parquet.compression-codec": "zstd",
    "write.parquet.compression-level": "3",
    "write.parquet.row-group-limit": "122880",
}


class Lake:
    """A local warehouse with a SQLite catalog, and the job that this process was started for."""

    def __init__(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            self.job = json.load(file)
        self.folder = self.job["lake"]
        self.columns = self.job["columns"]
        self.threads = self.job["threads"]
        os.makedirs(os.path.join(self.folder, "warehouse"), exist_ok=True)
        self.catalog = SqlCatalog(
            "bench",
            uri=f"sqlite:///{self.folder}/catalog.db",
            warehouse=f"file://{self.folder}/warehouse",
        )
        self._ids = 0

    def table(self):
        """The table of the job; made when it is not there."""
        namespace = self.job["table"].split(".")[0]
        self.catalog.create_namespace_if_not_exists(namespace)
        fields = [self._field(column) for column in self.columns]
        return self.catalog.create_table_if_not_exists(self.job["table"], Schema(*fields), properties=PROPERTIES)

    def _field(self, column):
        self._ids += 1
        identity = self._ids
        return NestedField(identity, column["name"], self._type(column["type"]), required=False)

    def _type(self, type_):
        if type_["kind"] == "decimal":
            return DecimalType(type_["precision"], type_["scale"])
        if type_["kind"] == "struct":
            return StructType(*[self._field(field) for field in type_["fields"]])
        return SIMPLE[type_["kind"]]

    def new_files(self):
        """Paths in the landing folder that the list of loaded files does not name: whoever has no ledger keeps such a list by hand."""
        names = {entry.name for entry in os.scandir(self.job["landing"])} - self._loaded()
        return [os.path.join(self.job["landing"], name) for name in sorted(names)]

    def remember(self, paths):
        """Adds files to that list."""
        with open(os.path.join(self.folder, "loaded.txt"), "a", encoding="utf-8") as file:
            file.writelines(f"{os.path.basename(path)}\n" for path in paths)

    def _loaded(self):
        path = os.path.join(self.folder, "loaded.txt")
        if not os.path.exists(path):
            return set()
        with open(path, encoding="utf-8") as file:
            return set(file.read().split("\n"))


def run(lake, append, merge):
    """Does the job with `append(table, paths)` and `merge(table, paths)`, each of which ends in one commit, and prints what the bench reads."""
    job = lake.job
    table = lake.table()
    commits = []
    if job["task"] == "merge":
        merge(table, [os.path.join(job["changes"], name) for name in sorted(os.listdir(job["changes"]))])
    elif job["task"] == "commits":
        for path in lake.new_files():
            before = cpu_seconds()
            append(table, [path])
            lake.remember([path])
            commits.append(cpu_seconds() - before)
    else:
        paths = lake.new_files()
        append(table, paths)
        lake.remember(paths)
    print(json.dumps({"commits": commits}), flush=True)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
