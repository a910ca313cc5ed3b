"""Spark in local mode, with the settings that are given when the service starts, and sessions in it with settings of their own."""

import contextlib
import importlib.util
import io
import json
import os
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()

import canonical  # noqa: E402 - the time zone comes first
import pyarrow as pa  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from service import serve  # noqa: E402

SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    # A short life: the fast compiler and the simple collector start sooner.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.log.level": "ERROR",
}


def start():
    builder = SparkSession.builder
    for key, value in {**SETTINGS, **without_cache(json.loads(sys.argv[1]))}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def without_cache(conf):
    """Others write to the same tables between two queries: a catalog must look again each time, unless it is told otherwise."""
    catalogs = [key for key in conf if key.startswith("spark.sql.catalog.") and key.count(".") == 3]
    return {**{f"{key}.cache-enabled": "false" for key in catalogs}, **conf}


# By the name that a client gave it; without a name the one that the service starts with.
SESSIONS = {None: start()}


def enter(name):
    """The session of a name, as the one that Iceberg and the programs that run here find."""
    session = SESSIONS[name]
    SparkSession._instantiatedSession = SparkSession._activeSession = session
    java_class = SparkSession._get_j_spark_session_class(session._jvm)
    java_class.setActiveSession(session._jsparkSession)
    java_class.setDefaultSession(session._jsparkSession)
    return session


def open_session(session, conf):
    """Another session with settings, catalogs and views of its own."""
    SESSIONS[session] = SESSIONS[None].newSession()
    configure(conf, session)


def close_session(session):
    SESSIONS.pop(session, None)
    enter(None)


def configure(conf, session=None):
    """Adds settings to a session, catalogs above all. One that is there with another value cannot be changed any more."""
    spark = enter(session)
    fixed = spark.sparkContext.getConf()
    for key, value in without_cache(conf).items():
        present = spark.conf.get(key, None) or fixed.get(key)
        if present is None:
            spark.conf.set(key, value)
        elif present != value:
            raise ValueError(f"{key} is {present} in this session and cannot become {value}: start another Spark")


def query(sql, session=None):
    """
    Runs one statement and answers its rows. `toArrow()` would cast them to the schema of the table, which Arrow refuses for a null struct that
    has a required member.
    """
    batches = enter(session).sql(sql)._collect_as_arrow(split_batches=False, empty_list_if_zero_records=False)
    return canonical.encode_table(pa.Table.from_batches(batches))


def execute(sql, session=None):
    """Runs one statement for its effect."""
    enter(session).sql(sql).collect()


def run(path, arguments, session=None):
    """Runs `main(arguments)` of a Python file in this session; answers what it printed and what it returned."""
    enter(session)
    specification = importlib.util.spec_from_file_location("printed_program", path)
    program = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(program)
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = program.main(arguments)
    return {"code": code, "output": output.getvalue(), "errors": errors.getvalue()}


serve(
    {
        "open": open_session,
        "close": close_session,
        "configure": configure,
        "query": query,
        "execute": execute,
        "run": run,
    }
)
