"""
A process of its own: dlt loads the files that are newer than those of its last run, as its documentation shows it: filesystem source with an
incremental modification date, filesystem destination with Iceberg tables, its state where it keeps it. It kills itself at a named step when it is
told to.
"""

import argparse
import os
import signal
import sys

arguments = argparse.ArgumentParser()
arguments.add_argument("--folder", required=True)
arguments.add_argument("--kill-at")
arguments.add_argument("--steps-to")
options = arguments.parse_args()
landing, lake, state = (os.path.join(options.folder, name) for name in ("landing", "lake", "state"))
os.environ["DLT_DATA_DIR"] = state
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402 - it reads the environment when it is imported
import pyarrow.csv  # noqa: E402
from dlt.sources.filesystem import filesystem  # noqa: E402


def step(label):
    if options.steps_to:
        with open(options.steps_to, "a", encoding="utf-8") as steps:
            steps.write(f"{label}\n")
    if label == options.kill_at:
        os.kill(os.getpid(), signal.SIGKILL)


@dlt.transformer
def read_csv(files):
    for file in files:
        with file.open() as content:
            yield pyarrow.csv.read_csv(content)


files = filesystem(
    bucket_url=f"file://{landing}",
    file_glob="*.csv",
    incremental=dlt.sources.incremental("modification_date"),
)
pipeline = dlt.pipeline(
    pipeline_name="torture",
    destination=dlt.destinations.filesystem(bucket_url=f"file://{lake}"),
    dataset_name="sales",
    pipelines_dir=state,
)


def commits(original):
    """The call of PyIceberg that commits rows, with a step before and after it: nothing of dlt is changed."""

    def commit(*parameters, **named):
        step("dlt.commit")
        answer = original(*parameters, **named)
        step("dlt.committed")
        return answer

    return commit


from pyiceberg.table import Table  # noqa: E402

Table.append = commits(Table.append)
step("dlt.run")
pipeline.run((files | read_csv).with_name("orders"), table_format="iceberg", write_disposition="append")
step("dlt.end")
sys.exit(0)
