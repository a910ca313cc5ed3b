"""
A process of its own: PyIceberg appends three rows after the other to the table of others, through the same catalog, until a file `stop` appears. It
prints a line of JSON after each commit, and one at the end. With --count it only prints all rows of the table.
"""

import argparse
import json
import os
import time

import pyarrow as pa
import pyiceberg.expressions as where
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchNamespaceError, NoSuchTableError
from sqlalchemy.exc import OperationalError

FIRST = 1_000_000
ROWS = 3

arguments = argparse.ArgumentParser()
arguments.add_argument("--folder", required=True)
arguments.add_argument("--count", action="store_true")
options = arguments.parse_args()
lake = os.path.join(options.folder, "lake")
# A catalog that others write to at the same time: PyIceberg would make its tables in it.
catalog = load_catalog(
    "calve", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}/warehouse", init_catalog_tables="false"
)
rows_of = lambda number: pa.table(
    {
        "id": pa.array(range(number, number + ROWS), pa.int64()),
        "note": pa.array([f"theirs {id}" for id in range(number, number + ROWS)], pa.string()),
    }
)


def until_it_works(work):
    while True:
        try:
            return work()
        except (NoSuchTableError, NoSuchNamespaceError, OperationalError):
            # Not there yet, or another process holds the database.
            time.sleep(0.02)


def is_there(number):
    table = catalog.load_table("sales.orders")
    return table.scan(row_filter=where.EqualTo("id", number), selected_fields=("id",)).to_arrow().num_rows > 0


if options.count:
    rows = catalog.load_table("sales.orders").scan(selected_fields=("id", "note")).to_arrow().to_pylist()
    print(json.dumps({"rows": [[row["id"], row["note"]] for row in rows]}))
else:
    number, lost = FIRST, 0
    while not os.path.exists(os.path.join(options.folder, "stop")):
        table = until_it_works(lambda: catalog.load_table("sales.orders"))
        try:
            table.append(rows_of(number))
            number += ROWS
            print(json.dumps({"appended": number - FIRST}), flush=True)
        except CommitFailedException:
            lost += 1
        except OperationalError:
            if until_it_works(lambda: is_there(number)):
                number += ROWS
        time.sleep(0.05)
    print(json.dumps({"ids": list(range(FIRST, number)), "lost": lost}))
