"""DuckDB's part of parquet-write.ts: the table of a Parquet file, written again from memory on one thread. Compares values, too."""

import json
import os
import resource
import sys

import duckdb


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


source, target, codec, rounds, *others = sys.argv[1:]
connection = duckdb.connect(config={"threads": 1})
connection.execute(f"CREATE TABLE orders AS FROM '{source}'")
level = ", COMPRESSION_LEVEL 3" if codec == "zstd" else ""
measured = []
for _ in range(int(rounds)):
    before = cpu_seconds()
    connection.execute(f"COPY orders TO '{target}' (FORMAT parquet, COMPRESSION {codec}{level}, ROW_GROUP_SIZE 131072)")
    measured.append(cpu_seconds() - before)
different = [
    path
    for path in others
    if connection.execute(f"SELECT count(*) FROM ((FROM orders EXCEPT ALL FROM '{path}') UNION ALL (FROM '{path}' EXCEPT ALL FROM orders))").fetchone()[0]
]
print(json.dumps({"cpuSeconds": measured, "bytes": os.path.getsize(target), "different": different, "version": duckdb.__version__}))
