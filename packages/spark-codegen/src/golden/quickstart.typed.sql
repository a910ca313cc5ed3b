SELECT
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
    CASE WHEN length(x1) <= 1000 THEN CASE WHEN x1 RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(x1 AS BIGINT) END END AS v1,
    CASE WHEN length(x2) <= 1000 THEN CASE WHEN x2 RLIKE '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?\\z' THEN try_cast(x2 AS TIMESTAMP_NTZ) END END AS v2,
    CASE WHEN length(x3) <= 1000 THEN CASE WHEN x3 RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)\\z' AND x3 RLIKE '\\A[^.]*([.][0-9]{0,2}0*)?\\z' THEN CASE WHEN x3 RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(18,2)) ELSE try_cast(x3 AS DECIMAL(18,2)) END END END AS v3,
    CASE WHEN length(x4) <= 1000 THEN CASE WHEN lower(x4) IN ('true') THEN true WHEN lower(x4) IN ('false') THEN false END END AS v4,
    CASE WHEN length(x5) <= 1000 THEN CASE WHEN x5 RLIKE '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}\\z' THEN try_cast(x5 AS DATE) END END AS v5,
    CASE WHEN length(x6) <= 1000 THEN CASE WHEN x6 RLIKE '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\\z' THEN try_cast(x6 AS TIMESTAMP) WHEN x6 RLIKE '\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?\\z' THEN try_cast(x6 AS TIMESTAMP) END END AS v6,
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
