SELECT
  v1 AS `id`,
  v2 AS `who`,
  v3 AS `items`,
  v4 AS `prices`,
  v5 AS `_source_file`,
  v6 AS `_source_version`,
  v7 AS `_ingested_at`,
  CASE WHEN corrupt IS NOT NULL THEN ARRAY(CASE WHEN try_parse_json(corrupt) IS NULL THEN 'row:json' WHEN schema_of_variant(try_parse_json(corrupt)) LIKE 'OBJECT%' THEN 'row:structure' ELSE 'row:not-an-object' END) ELSE FILTER(ARRAY(
    CASE WHEN length(x1) > 1000 THEN 'id:too-long' END,
    CASE WHEN x1 IS NOT NULL AND v1 IS NULL AND NOT (length(x1) > 1000) THEN 'id:int64' END,
    CASE WHEN v1 IS NULL THEN 'id:null' END,
    CASE WHEN x2 IS NOT NULL AND length(x2.`zip`) > 1000 THEN 'who.zip:too-long' END,
    CASE WHEN x2 IS NOT NULL AND x2.`zip` IS NOT NULL AND CASE WHEN length(x2.`zip`) <= 1000 THEN CASE WHEN x2.`zip` RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(x2.`zip` AS INT) END END IS NULL AND NOT (length(x2.`zip`) > 1000) THEN 'who.zip:int32' END,
    CASE WHEN exists(x3, e1 -> e1 IS NOT NULL AND length(e1.`qty`) > 1000) THEN 'items.element.qty:too-long' END,
    CASE WHEN exists(x3, e1 -> e1 IS NOT NULL AND e1.`qty` IS NOT NULL AND CASE WHEN length(e1.`qty`) <= 1000 THEN CASE WHEN e1.`qty` RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(e1.`qty` AS INT) END END IS NULL AND NOT (length(e1.`qty`) > 1000)) THEN 'items.element.qty:int32' END,
    CASE WHEN exists(x4, e1 -> e1.key IS NULL) THEN 'prices.key:null' END,
    CASE WHEN exists(x4, e1 -> length(e1.value) > 1000) THEN 'prices.value:too-long' END,
    CASE WHEN exists(x4, e1 -> e1.value IS NOT NULL AND CASE WHEN length(e1.value) <= 1000 THEN CASE WHEN e1.value RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?\\z' THEN CASE WHEN e1.value RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(9,2)) ELSE try_cast(e1.value AS DECIMAL(9,2)) END END END IS NULL AND NOT (length(e1.value) > 1000)) THEN 'prices.value:decimal' END,
    CASE WHEN NOT exists(x4, e1 -> e1.key IS NULL OR e1.value IS NOT NULL AND CASE WHEN length(e1.value) <= 1000 THEN CASE WHEN e1.value RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?\\z' THEN CASE WHEN e1.value RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(9,2)) ELSE try_cast(e1.value AS DECIMAL(9,2)) END END END IS NULL) AND size(array_distinct(transform(x4, e1 -> e1.key))) < size(x4) THEN 'prices:duplicate-key' END
  ), e -> e IS NOT NULL) END AS `_errors`,
  changed AS `_changed`
FROM (
  SELECT
    *,
    CASE WHEN length(x1) <= 1000 THEN CASE WHEN x1 RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(x1 AS BIGINT) END END AS v1,
    CAST(CASE WHEN x2 IS NOT NULL THEN named_struct('name', x2.`name`, 'zip', CASE WHEN length(x2.`zip`) <= 1000 THEN CASE WHEN x2.`zip` RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(x2.`zip` AS INT) END END, 'new', CAST(NULL AS STRING)) END AS STRUCT<`name`: STRING, `zip`: INT, `new`: STRING>) AS v2,
    CAST(transform(x3, e1 -> CASE WHEN e1 IS NOT NULL THEN named_struct('qty', CASE WHEN length(e1.`qty`) <= 1000 THEN CASE WHEN e1.`qty` RLIKE '\\A[+-]?[0-9]{1,19}\\z' THEN try_cast(e1.`qty` AS INT) END END) END) AS ARRAY<STRUCT<`qty`: INT>>) AS v3,
    CAST(CASE WHEN exists(x4, e1 -> e1.key IS NULL OR e1.value IS NOT NULL AND CASE WHEN length(e1.value) <= 1000 THEN CASE WHEN e1.value RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?\\z' THEN CASE WHEN e1.value RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(9,2)) ELSE try_cast(e1.value AS DECIMAL(9,2)) END END END IS NULL) OR size(array_distinct(transform(x4, e1 -> e1.key))) < size(x4) THEN NULL ELSE map_from_entries(transform(x4, e1 -> named_struct('key', e1.key, 'value', CASE WHEN length(e1.value) <= 1000 THEN CASE WHEN e1.value RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?\\z' THEN CASE WHEN e1.value RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(9,2)) ELSE try_cast(e1.value AS DECIMAL(9,2)) END END END))) END AS MAP<STRING, DECIMAL(9,2)>) AS v4,
    uri AS v5,
    version AS v6,
    CAST(planned_at AS TIMESTAMP) AS v7
  FROM (
    SELECT
      CASE WHEN raw.c1 = '' THEN NULL ELSE raw.c1 END AS x1,
      CASE WHEN raw.c2 IS NOT NULL THEN named_struct('name', trim(BOTH '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f ' FROM raw.c2.`name`), 'zip', CASE WHEN raw.c2.`zip` = '' THEN NULL ELSE raw.c2.`zip` END) END AS x2,
      transform(raw.c3, e1 -> CASE WHEN e1 IS NOT NULL THEN named_struct('qty', CASE WHEN e1.`qty` = 'many' THEN NULL ELSE e1.`qty` END) END) AS x3,
      transform(map_entries(raw.c4), e1 -> named_struct('key', e1.key, 'value', CASE WHEN e1.value = '' THEN NULL ELSE e1.value END)) AS x4,
      raw.corrupt,
      unit.*,
      CASE WHEN unit.uri IS NULL OR raw.file_size <> unit.size_bytes OR raw.file_modified <> CAST(unit.modified_at AS TIMESTAMP) THEN raw.file_path END AS changed
    FROM calve_r1 AS raw LEFT JOIN calve_units AS unit ON raw.file_path = unit.file_path
  )
)
