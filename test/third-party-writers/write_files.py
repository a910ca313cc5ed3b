"""Writes tables with the programs that people write files with. Reads tasks from a JSON file and answers what became of each, one JSON per line.

A task: {"file": path, "format": "csv", "writer": "pandas", "dialect": {...}, "columns": [[name, type]], "rows": [[value]]}.
A type is a name in PARSE of task_tables.py, {"list": type}, {"map": type} or {"struct": [[name, type]]}; a value is null, a text, or an
array: of elements, of [key, value] pairs, or of members in the order of the type.
A further format is one more entry in WRITERS, with a file of its own: a function per writer.
"""

import json
import sys

from csv_writers import CSV_WRITERS
from json_writers import JSON_WRITERS

WRITERS = {"csv": CSV_WRITERS, "json": JSON_WRITERS}

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
