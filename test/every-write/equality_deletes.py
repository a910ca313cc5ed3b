"""Deletes rows by value, as Flink does: Spark itself writes no equality deletes."""

import os

import pyarrow
import pyarrow.parquet
from pyspark.sql import SparkSession


def main(arguments):
    """Deletes the rows of a table that is not partitioned in which a column of 64-bit integers has a value."""
    table, column, value = arguments
    spark = SparkSession.getActiveSession()
    jvm = spark._jvm
    loaded = jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, table)
    field_id = loaded.schema().findField(column).fieldId()
    location = f"{loaded.location()}/data/equality-delete-{value}.parquet"
    path = location.removeprefix("file://")
    field = pyarrow.field(column, pyarrow.int64(), metadata={"PARQUET:field_id": str(field_id)})
    pyarrow.parquet.write_table(pyarrow.table([pyarrow.array([int(value)])], schema=pyarrow.schema([field])), path)
    field_ids = spark.sparkContext._gateway.new_array(jvm.int, 1)
    field_ids[0] = field_id
    delete = (
        jvm.org.apache.iceberg.FileMetadata.deleteFileBuilder(loaded.spec())
        .ofEqualityDeletes(field_ids)
        .withPath(location)
        .withFormat(jvm.org.apache.iceberg.FileFormat.PARQUET)
        .withFileSizeInBytes(os.path.getsize(path))
        .withRecordCount(1)
        .build()
    )
    loaded.newRowDelta().addDeletes(delete).commit()
    return 0
