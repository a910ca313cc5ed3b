"""
A process of its own: PyIceberg appends each file in one commit and notes it in a list of done files; the next start loads what is not in the
list. It kills itself at a named step when it is told to.
"""

import argparse
import os
import signal

import pyarrow as pa
import pyarrow.csv
from pyiceberg.catalog import load_catalog

arguments = argparse.ArgumentParser()
arguments.add_argument("--folder", required=True)
arguments.add_argument("--kill-at")
arguments.add_argument("--steps-to")
options = arguments.parse_args()
landing, lake, done = (os.path.join(options.folder, *path) for path in (["landing"], ["lake"], ["state", "done.txt"]))


def step(label):
    if options.steps_to:
        with open(options.steps_to, "a", encoding="utf-8") as steps:
            steps.write(f"{label}\n")
    if label == options.kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


catalog = load_catalog("calve", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}/warehouse")
catalog.create_namespace_if_not_exists("sales")
loaded = set(open(done, encoding="utf-8").read().split("\n")) if os.path.exists(done) else set()
for name in sorted(set(os.listdir(landing)) - loaded):
    step("pyiceberg.file")
    rows = pa.csv.read_csv(os.path.join(landing, name))
    table = catalog.create_table_if_not_exists("sales.orders", schema=rows.schema)
    step("pyiceberg.read")
    table.append(rows)
    step("pyiceberg.committed")
    with open(done, "a", encoding="utf-8") as notes:
        notes.write(f"{name}\n")
    step("pyiceberg.noted")
