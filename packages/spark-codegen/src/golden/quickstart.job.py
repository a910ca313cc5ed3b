# Printed by @calve/spark-codegen 0.1.0: do not edit, print it again.
# ingestion: orders  program: the hash of the program  target: pyspark 4.0, iceberg 1.11
# Rows that do not fit are counted, with their codes; this program does not keep them.
import argparse
import json
import os
import random
import sys
import time
import uuid

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

INGESTION = "orders"
PROGRAM_HASH = "the hash of the program"
TABLE = "`calve`.`sales`.`orders`"
COLUMNS = """`order_id` BIGINT,
`ordered_at` TIMESTAMP_NTZ,
`amount` DECIMAL(18,2),
`gift` BOOLEAN,
`ship_on` DATE,
`paid_at` TIMESTAMP,
`note` STRING,
`coupon` STRING,
`_source_file` STRING,
`_source_version` STRING,
`_ingested_at` TIMESTAMP"""
LIMITS = {"maxRejectedRows": 10000, "maxRejectedRatio": 0.01}
KEYS = {
    "tenant": "ingest.tenant",
    "ingestion": "ingest.ingestion",
    "generation": "ingest.generation",
    "sequence": "ingest.sequence",
    "commitId": "ingest.commit-id",
    "previousCommitId": "ingest.previous-commit-id",
    "programHash": "ingest.program-hash",
    "runId": "ingest.run-id",
    "units": "ingest.units",
    "rejectedRows": "ingest.rejected-rows",
    "watermark": "ingest.watermark",
}
STAGING_PROPERTY = "write.wap.enabled"
PACKAGES = ["org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0"]
LAKE_CONF = {
    "spark.sql.catalog.calve": "org.apache.iceberg.spark.SparkCatalog",
    "spark.sql.catalog.calve.cache-enabled": "false",
    "spark.sql.catalog.calve.type": "jdbc",
    "spark.sql.catalog.calve.uri": "jdbc:sqlite:/lake/catalog.db",
}
SESSION_CONF = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.csv.filterPushdown.enabled": "false",
    "spark.sql.json.filterPushdown.enabled": "false",
    "spark.sql.json.enablePartialResults": "true",
    "spark.sql.json.enableExactStringParsing": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
}
CREATE_NAMESPACE = "CREATE NAMESPACE IF NOT EXISTS `calve`.`sales`"
CREATE_TABLE = """CREATE TABLE IF NOT EXISTS `calve`.`sales`.`orders` (
  `order_id` BIGINT,
  `ordered_at` TIMESTAMP_NTZ,
  `amount` DECIMAL(18,2),
  `gift` BOOLEAN,
  `ship_on` DATE,
  `paid_at` TIMESTAMP,
  `note` STRING,
  `coupon` STRING,
  `_source_file` STRING,
  `_source_version` STRING,
  `_ingested_at` TIMESTAMP
)
USING iceberg
PARTITIONED BY (days(`ordered_at`))
LOCATION 'file:///lake/warehouse/sales/orders'
TBLPROPERTIES (
  'format-version' = '2',
  'write.parquet.compression-codec' = 'zstd',
  'write.wap.enabled' = 'true'
)
"""
UNITS_VIEW = "calve_units"
FILE_FACTS = [
    "regexp_replace(_metadata.file_path, '^file:/+', 'file:/') AS file_path",
    "_metadata.file_size AS file_size",
    "_metadata.file_modification_time AS file_modified",
]
READERS = {
    "r1": {
        "format": "csv",
        "view": "calve_r1",
        "options": {
            "header": "true",
            "enforceSchema": "true",
            "sep": ",",
            "quote": "\"",
            "escape": "\"",
            "multiLine": "true",
            "encoding": "UTF-8",
            "nullValue": "\u0001NULL\u0001",
            "emptyValue": "",
            "ignoreLeadingWhiteSpace": "false",
            "ignoreTrailingWhiteSpace": "false",
            "unescapedQuoteHandling": "STOP_AT_DELIMITER",
            "mode": "PERMISSIVE",
            "columnNameOfCorruptRecord": "corrupt",
            "maxColumns": "20480",
            "maxCharsPerColumn": "-1",
            "recursiveFileLookup": "true",
            "__globPaths__": "false",
        },
        "schema": "c1 STRING, c2 STRING, c3 STRING, c4 STRING, c5 STRING, c6 STRING, c7 STRING, corrupt STRING",
        "select": ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "corrupt"],
    },
}
ERRORS = "_errors"
ERRORS_SQL = "`_errors`"
CHANGED = "_changed"
CHANGED_SQL = "`_changed`"
TYPED_SQL = {}
TYPED_SQL["r1"] = """SELECT
  v1 AS `order_id`,
  v2 AS `ordered_at`,
  v3 AS `amount`,
  v4 AS `gift`,
  v5 AS `ship_on`,
  v6 AS `paid_at`,
  v7 AS `note`,
  v8 AS `coupon`,
  v9 AS `_source_file`,
  v10 AS `_source_version`,
  v11 AS `_ingested_at`,
  CASE WHEN corrupt IS NOT NULL THEN ARRAY('row:token-count') ELSE FILTER(ARRAY(
    CASE WHEN length(x1) > 1000 THEN 'order_id:too-long' END,
    CASE WHEN x1 IS NOT NULL AND v1 IS NULL AND NOT (length(x1) > 1000) THEN 'order_id:int64' END,
    CASE WHEN length(x2) > 1000 THEN 'ordered_at:too-long' END,
    CASE WHEN x2 IS NOT NULL AND v2 IS NULL AND NOT (length(x2) > 1000) THEN 'ordered_at:timestamp_ntz' END,
    CASE WHEN length(x3) > 1000 THEN 'amount:too-long' END,
    CASE WHEN x3 IS NOT NULL AND v3 IS NULL AND NOT (length(x3) > 1000) THEN 'amount:decimal' END,
    CASE WHEN length(x4) > 1000 THEN 'gift:too-long' END,
    CASE WHEN x4 IS NOT NULL AND v4 IS NULL AND NOT (length(x4) > 1000) THEN 'gift:boolean' END,
    CASE WHEN length(x5) > 1000 THEN 'ship_on:too-long' END,
    CASE WHEN x5 IS NOT NULL AND v5 IS NULL AND NOT (length(x5) > 1000) THEN 'ship_on:date' END,
    CASE WHEN length(x6) > 1000 THEN 'paid_at:too-long' END,
    CASE WHEN x6 IS NOT NULL AND v6 IS NULL AND NOT (length(x6) > 1000) THEN 'paid_at:timestamp' END
  ), e -> e IS NOT NULL) END AS `_errors`,
  changed AS `_changed`
FROM (
  SELECT
    *,
    CASE WHEN length(x1) <= 1000 THEN CASE WHEN x1 RLIKE '\\\\A[+-]?[0-9]{1,19}\\\\z' THEN try_cast(x1 AS BIGINT) END END AS v1,
    CASE WHEN length(x2) <= 1000 THEN CASE WHEN x2 RLIKE '\\\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?\\\\z' THEN try_cast(x2 AS TIMESTAMP_NTZ) END END AS v2,
    CASE WHEN length(x3) <= 1000 THEN CASE WHEN x3 RLIKE '\\\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)\\\\z' AND x3 RLIKE '\\\\A[^.]*([.][0-9]{0,2}0*)?\\\\z' THEN CASE WHEN x3 RLIKE '\\\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\\\z' THEN CAST(0 AS DECIMAL(18,2)) ELSE try_cast(x3 AS DECIMAL(18,2)) END END END AS v3,
    CASE WHEN length(x4) <= 1000 THEN CASE WHEN lower(x4) IN ('true') THEN true WHEN lower(x4) IN ('false') THEN false END END AS v4,
    CASE WHEN length(x5) <= 1000 THEN CASE WHEN x5 RLIKE '\\\\A[0-9]{4}-[0-9]{2}-[0-9]{2}\\\\z' THEN try_cast(x5 AS DATE) END END AS v5,
    CASE WHEN length(x6) <= 1000 THEN CASE WHEN x6 RLIKE '\\\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\\\\z' THEN try_cast(x6 AS TIMESTAMP) WHEN x6 RLIKE '\\\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?\\\\z' THEN try_cast(x6 AS TIMESTAMP) END END AS v6,
    x7 AS v7,
    CAST(NULL AS STRING) AS v8,
    uri AS v9,
    version AS v10,
    CAST(planned_at AS TIMESTAMP) AS v11
  FROM (
    SELECT
      CASE WHEN raw.c1 = '' THEN NULL ELSE raw.c1 END AS x1,
      CASE WHEN raw.c2 = '' THEN NULL ELSE raw.c2 END AS x2,
      CASE WHEN raw.c3 = '' THEN NULL ELSE raw.c3 END AS x3,
      CASE WHEN raw.c4 = '' THEN NULL ELSE raw.c4 END AS x4,
      CASE WHEN raw.c5 = '' THEN NULL ELSE raw.c5 END AS x5,
      CASE WHEN raw.c6 = '' THEN NULL ELSE raw.c6 END AS x6,
      raw.c7 AS x7,
      raw.corrupt,
      unit.*,
      CASE WHEN unit.uri IS NULL OR raw.file_size <> unit.size_bytes OR raw.file_modified <> CAST(unit.modified_at AS TIMESTAMP) THEN raw.file_path END AS changed
    FROM calve_r1 AS raw LEFT JOIN calve_units AS unit ON raw.file_path = unit.file_path
  )
)
"""

ATTEMPTS = 20


class Stop(Exception):
    """The batch is not loaded, and somebody has to look. The exit code says: 1 try again, 10 held, 20 schema, 30 decide or configure."""

    def __init__(self, exit_code, code, message):
        super().__init__(message)
        self.exit_code = exit_code
        self.code = code


def main(arguments=None):
    parser = argparse.ArgumentParser(description=f"Loads one batch of {INGESTION} into {TABLE}.")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--batch", default=os.path.join(here, "batch.json"), help="the batch file; default: batch.json beside this file")
    parser.add_argument("--run-id", default=None, help="what _ingest_run_id says; default: the id of the commit")
    parser.add_argument("--no-packages", action="store_true", help="the jars of Iceberg are there already")
    options = parser.parse_args(arguments)
    with open(options.batch, encoding="utf-8") as file:
        batch = json.load(file)
    try:
        spark = open_session([] if options.no_packages else PACKAGES)
        result, exit_code = ingest(spark, batch, options.run_id or batch["commitId"]), 0
    except Stop as stop:
        print(f"{stop.code}: {stop}", file=sys.stderr)
        result, exit_code = {"outcome": "stopped", "code": stop.code, "message": str(stop)}, stop.exit_code
    print("CALVE_RESULT " + json.dumps(result, sort_keys=True), flush=True)
    return exit_code


def open_session(packages):
    """A session of its own, pinned: what the host of it has set, or other jobs set meanwhile, changes no row."""
    host = SparkSession.getActiveSession()
    if host is None:
        builder = SparkSession.builder.appName(f"calve-{INGESTION}")
        if packages:
            builder = builder.config("spark.jars.packages", ",".join(packages))
        for name, value in LAKE_CONF.items():
            builder = builder.config(name, value)
        host = builder.getOrCreate()
    spark = host.newSession()
    for name, value in {**LAKE_CONF, **SESSION_CONF}.items():
        # The others are fixed once Spark runs.
        if name in SESSION_CONF or name.startswith("spark.sql.catalog."):
            spark.conf.set(name, value)
    return spark


def ingest(spark, batch, run_id):
    """Loads the batch once, however often it is called and wherever an earlier call ended."""
    if batch["programHash"] != PROGRAM_HASH:
        raise Stop(30, "PROGRAM_MISMATCH", "The batch belongs to another program. Print program and batch together.")
    if CREATE_TABLE is not None:
        spark.sql(CREATE_NAMESPACE)
        spark.sql(CREATE_TABLE)
    require_columns(spark)
    base = load_table(spark).newTransaction().startMetadata()
    if is_committed(base, batch):
        return {"outcome": "already-committed", "sequence": batch["sequence"], "commitId": batch["commitId"]}
    staged = find_staged(base, batch)
    # What an earlier call staged is as good as what this one would: it read the same files.
    tally = stage(spark, batch, run_id) if staged is None else None
    snapshot = publish(spark, batch)
    result = {"outcome": "committed", "sequence": batch["sequence"], "commitId": batch["commitId"], "snapshot": str(snapshot)}
    return {**result, **(tally or {"written": added_records(staged), "rejected": int(staged.summary().get(KEYS["rejectedRows"]))})}


def require_columns(spark):
    wanted = [(field.name, field.dataType.simpleString()) for field in spark.createDataFrame([], COLUMNS).schema]
    actual = [(field.name, field.dataType.simpleString()) for field in spark.table(TABLE).schema]
    if wanted != actual:
        message = f"The columns of {TABLE} are {actual}, not {wanted} as planned. Plan again, print and run that program."
        raise Stop(20, "SCHEMA_CHANGED", message)


def stage(spark, batch, run_id):
    """Types the rows, counts them, and writes the good ones into a snapshot that nobody sees yet."""
    typed = read_files(spark, batch, run_id).persist()
    try:
        tally = count_rows(typed)
        good = typed.where(F.size(F.col(ERRORS_SQL)) == 0).drop(ERRORS, CHANGED)
        writer = good.writeTo(TABLE)
        for name, value in {**batch["summary"], KEYS["rejectedRows"]: str(tally["rejected"])}.items():
            writer = writer.option("snapshot-property." + name, value)
        allow_staging(spark)
        spark.conf.set("spark.wap.id", batch["wapId"])
        try:
            writer.append()
        finally:
            spark.conf.unset("spark.wap.id")
    finally:
        typed.unpersist()
    staged = find_staged(load_table(spark).newTransaction().startMetadata(), batch)
    if staged is None:
        raise Stop(30, "STAGED_SNAPSHOT_MISSING", f"Rows were written to {TABLE}, but not staged. Look at its newest snapshot before anything else.")
    if added_records(staged) != tally["written"]:
        raise Stop(30, "COUNT_MISMATCH", f"{tally['written']} rows were to be written, {added_records(staged)} are staged. Nothing was published.")
    return tally


def read_files(spark, batch, run_id):
    rows = [
        (unit["filePath"], unit["uri"], unit["version"], unit["sizeBytes"], unit["modifiedAt"], run_id, batch["plannedAt"])
        for unit in batch["units"]
    ]
    schema = "file_path STRING, uri STRING, version STRING, size_bytes BIGINT, modified_at STRING, run_id STRING, planned_at STRING"
    spark.createDataFrame(rows, schema).createOrReplaceTempView(UNITS_VIEW)
    used = [name for name in READERS if any(unit["reader"] == name for unit in batch["units"])]
    for name in used:
        reader = READERS[name]
        paths = [unit["path"] for unit in batch["units"] if unit["reader"] == name]
        frame = spark.read.format(reader["format"]).options(**reader["options"]).schema(reader["schema"]).load(paths)
        frame.selectExpr(*reader["select"], *FILE_FACTS).createOrReplaceTempView(reader["view"])
    return spark.sql("\nUNION ALL\n".join(TYPED_SQL[name] for name in used))


def count_rows(typed):
    """Read, written and rejected rows. Raises when a file is not the planned one, or when too many rows are bad."""
    read, rejected, changed = typed.selectExpr("count(*)", f"count_if(size({ERRORS_SQL}) > 0)", f"min({CHANGED_SQL})").first()
    if changed is not None:
        raise Stop(1, "OBJECT_CHANGED", f"{changed} is no longer the file that was planned. Plan again.")
    codes = typed.selectExpr(f"explode({ERRORS_SQL}) AS code").groupBy("code").count().orderBy("code").collect()
    tally = {"read": read, "written": read - rejected, "rejected": rejected, "codes": {row[0]: row[1] for row in codes}}
    if rejected > LIMITS["maxRejectedRows"] or rejected > read * LIMITS["maxRejectedRatio"]:
        message = f"{rejected} of {read} rows were rejected, more than the spec allows: {json.dumps(tally['codes'])}. Nothing was written."
        raise Stop(10, "REJECTED_LIMIT", message)
    return tally


def allow_staging(spark):
    """Spark ignores a request to stage where the table does not allow it, and publishes at once. No other writer notices the property."""
    if load_table(spark).properties().get(STAGING_PROPERTY) != "true":
        spark.sql(f"ALTER TABLE {TABLE} SET TBLPROPERTIES ('{STAGING_PROPERTY}' = 'true')")


def load_table(spark):
    """The table in Iceberg's own library: only there can rows and evidence be published in one commit."""
    spark.table(TABLE)
    return spark._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, TABLE)


def is_committed(base, batch):
    """Whether the batch is in the table. Raises when neither that nor the opposite is sure, or when the batch is not the next one."""
    found = find_evidence(base, batch)
    sequence = batch["sequence"]
    if found is None and sequence > 1:
        raise Stop(30, "MARKER_BEHIND", f"{TABLE} does not show batch {sequence - 1}, which comes before this one.")
    if found is None or found[0] == sequence - 1:
        return False
    if found[0] == sequence and found[1] == batch["commitId"]:
        return True
    if found[0] == sequence:
        raise Stop(30, "MARKER_CONFLICT", f"{TABLE} has another batch {sequence}: {found[1]}. Two states of this ingestion write to it.")
    if found[0] > sequence:
        raise Stop(30, "CHECKPOINT_BEHIND", f"{TABLE} is at batch {found[0]} already; this is batch {sequence}. Plan again.")
    raise Stop(30, "MARKER_BEHIND", f"{TABLE} is at batch {found[0]}, but this is batch {sequence}.")


def find_evidence(base, batch):
    """Number and commit id of the newest batch of this ingestion that readers of the table see."""
    text = base.properties().get(batch["evidence"])
    marker = None if text is None else json.loads(text)
    found = None if marker is None else (marker["sequence"], marker["commitId"])
    marked = None if marker is None else base.snapshot(int(marker["snapshot"]))
    own = None
    snapshot = base.currentSnapshot()
    while snapshot is not None and (own is None or marked is not None):
        own = own or facts_of(snapshot.summary(), batch)
        if marked is not None and snapshot.sequenceNumber() <= marked.sequenceNumber():
            if snapshot.snapshotId() != marked.snapshotId():
                break
            marked = None
        parent = snapshot.parentId()
        snapshot = None if parent is None else base.snapshot(parent)
    if marked is not None:
        raise Stop(30, "TABLE_ROLLED_BACK", f"{TABLE} was rolled back behind batch {marker['sequence']}. Run the ingestion in process: it offers the choices.")
    return max((facts for facts in (found, own) if facts is not None), key=lambda facts: facts[0], default=None)


def facts_of(summary, batch):
    """What a snapshot says of itself: by the keys of the other engine, or by the id under which it was staged."""
    if all(summary.get(KEYS[name]) == batch["summary"][KEYS[name]] for name in ("tenant", "ingestion")):
        return int(summary.get(KEYS["sequence"])), summary.get(KEYS["commitId"])
    for name in ("wap.id", "published-wap-id"):
        parts = (summary.get(name) or "").split(":")
        if len(parts) == 6 and parts[:3] == batch["wapId"].split(":")[:3]:
            return int(parts[4]), parts[5]
    return None


def find_staged(base, batch):
    """The newest snapshot that was staged for this batch; None: there is none."""
    for snapshot in reversed(list(base.snapshots())):
        if snapshot.summary().get("wap.id") == batch["wapId"]:
            return snapshot
    return None


def publish(spark, batch):
    """Lets readers see what was staged, together with the marker. Asks the table before every attempt, so no answer that gets lost does harm."""
    table = load_table(spark)
    for attempt in range(ATTEMPTS):
        transaction = table.newTransaction()
        base = transaction.startMetadata()
        if is_committed(base, batch):
            return base.currentSnapshot().snapshotId()
        staged = find_staged(base, batch)
        if staged is None:
            raise Stop(1, "STAGED_SNAPSHOT_MISSING", f"What was staged for batch {batch['sequence']} is gone, expired perhaps. Run again.")
        transaction.manageSnapshots().cherrypick(staged.snapshotId()).commit()
        head = transaction.table().currentSnapshot().snapshotId()
        transaction.updateProperties().set(batch["evidence"], marker_of(batch, head)).commit()
        try:
            # Not commitTransaction(): on a conflict that one would try again without looking for evidence.
            table.operations().commit(base, transaction.currentMetadata())
            return head
        except Py4JJavaError as error:
            print(f"Attempt {attempt + 1} to publish: {error.java_exception}", file=sys.stderr)
            time.sleep(random.uniform(0, min(10, 0.1 * 2**attempt)))
    raise Stop(1, "COMMIT_CONFLICT", f"Other writers kept {TABLE} busy through {ATTEMPTS} attempts. Run again: what is staged will be published.")


def marker_of(batch, snapshot):
    marker = {"v": 1, "generation": batch["generation"], "sequence": batch["sequence"], "commitId": batch["commitId"]}
    return json.dumps({**marker, "snapshot": str(snapshot), "writerId": "spark-" + uuid.uuid4().hex})


def added_records(snapshot):
    return int(snapshot.summary().get("added-records") or 0)


if __name__ == "__main__":
    sys.exit(main())
