SELECT
  v1 AS `Betrag`,
  v2 AS `am`,
  v3 AS `um`,
  v4 AS `bezahlt`,
  v5 AS `Größe ``x```,
  v6 AS `data`,
  v7 AS `_source_file`,
  v8 AS `_source_version`,
  v9 AS `_ingested_at`,
  CASE WHEN corrupt IS NOT NULL THEN ARRAY('row:token-count') ELSE FILTER(ARRAY(
    CASE WHEN length(x1) > 1000 THEN 'Betrag:too-long' END,
    CASE WHEN x1 IS NOT NULL AND v1 IS NULL AND NOT (length(x1) > 1000) THEN 'Betrag:decimal' END,
    CASE WHEN length(x2) > 1000 THEN 'am:too-long' END,
    CASE WHEN x2 IS NOT NULL AND v2 IS NULL AND NOT (length(x2) > 1000) THEN 'am:date' END,
    CASE WHEN v2 IS NULL THEN 'am:null' END,
    CASE WHEN length(x3) > 1000 THEN 'um:too-long' END,
    CASE WHEN x3 IS NOT NULL AND v3 IS NULL AND NOT (length(x3) > 1000) THEN 'um:timestamp' END,
    CASE WHEN length(x5) > 1000 THEN 'Größe `x`:too-long' END,
    CASE WHEN x5 IS NOT NULL AND v5 IS NULL AND NOT (length(x5) > 1000) THEN 'Größe `x`:double' END,
    CASE WHEN x6 IS NOT NULL AND v6 IS NULL THEN 'data:binary' END
  ), e -> e IS NOT NULL) END AS `_errors`,
  changed AS `_changed`
FROM (
  SELECT
    *,
    CASE WHEN length(x1) <= 1000 THEN CASE WHEN CASE WHEN x1 RLIKE '\\A[+-]?([0-9]{1,3}(\\.[0-9]{3})+|[0-9]*)(,[0-9]*)?([eE][+-]?[0-9]{1,3})?\\z' THEN replace(replace(x1, '.', ''), ',', '.') END RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?\\z' THEN CASE WHEN CASE WHEN x1 RLIKE '\\A[+-]?([0-9]{1,3}(\\.[0-9]{3})+|[0-9]*)(,[0-9]*)?([eE][+-]?[0-9]{1,3})?\\z' THEN replace(replace(x1, '.', ''), ',', '.') END RLIKE '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z' THEN CAST(0 AS DECIMAL(12,2)) ELSE try_cast(CASE WHEN x1 RLIKE '\\A[+-]?([0-9]{1,3}(\\.[0-9]{3})+|[0-9]*)(,[0-9]*)?([eE][+-]?[0-9]{1,3})?\\z' THEN replace(replace(x1, '.', ''), ',', '.') END AS DECIMAL(12,2)) END END END AS v1,
    CASE WHEN length(x2) <= 1000 THEN CASE WHEN x2 RLIKE '\\A[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}\\z' AND try_to_timestamp(x2, 'dd.MM.yyyy') IS NOT NULL THEN CAST(try_to_timestamp(x2, 'dd.MM.yyyy') AS DATE) WHEN x2 RLIKE '\\A[0-9]{1,2}\\. (?i:January|February|March|April|May|June|July|August|September|October|November|December) [0-9]{4}\\z' AND try_to_timestamp(x2, 'd. MMMM yyyy') IS NOT NULL THEN CAST(try_to_timestamp(x2, 'd. MMMM yyyy') AS DATE) END END AS v2,
    CASE WHEN length(x3) <= 1000 THEN CASE WHEN x3 RLIKE '\\A[0-9]{2}/(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/[0-9]{4} um [0-9]{2}:[0-9]{2}(:[0-9]{2})?\\z' AND try_to_timestamp(x3, 'dd/MMM/yyyy \'um\' HH:mm[:ss]') IS NOT NULL THEN to_utc_timestamp(try_to_timestamp(x3, 'dd/MMM/yyyy \'um\' HH:mm[:ss]'), 'Europe/Berlin') END END AS v3,
    CASE WHEN length(x4) <= 1000 THEN CASE WHEN lower(x4) IN ('ja') THEN true WHEN lower(x4) IN ('ne\'in') THEN false END END AS v4,
    CASE WHEN length(x5) <= 1000 THEN CASE WHEN x5 = 'NaN' THEN CAST('NaN' AS DOUBLE) WHEN x5 = 'Infinity' THEN CAST('Infinity' AS DOUBLE) WHEN x5 = '-Infinity' THEN CAST('-Infinity' AS DOUBLE) WHEN x5 RLIKE '\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?\\z' AND abs(try_cast(x5 AS DOUBLE)) < CAST('Infinity' AS DOUBLE) THEN try_cast(x5 AS DOUBLE) END END AS v5,
    CASE WHEN x6 RLIKE '\\A[0-9A-Fa-f]*\\z' AND length(x6) % 2 = 0 THEN unhex(x6) END AS v6,
    uri AS v7,
    version AS v8,
    CAST(planned_at AS TIMESTAMP) AS v9
  FROM (
    SELECT
      CASE WHEN trim(BOTH '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f ' FROM raw.c1) IN ('', '-') THEN NULL ELSE trim(BOTH '\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f ' FROM raw.c1) END AS x1,
      CASE WHEN raw.c2 = '' THEN NULL ELSE raw.c2 END AS x2,
      CASE WHEN raw.c3 = '' THEN NULL ELSE raw.c3 END AS x3,
      CASE WHEN raw.c4 = '' THEN NULL ELSE raw.c4 END AS x4,
      CASE WHEN raw.c5 = '' THEN NULL ELSE raw.c5 END AS x5,
      CASE WHEN raw.c6 = '' THEN NULL ELSE raw.c6 END AS x6,
      raw.corrupt,
      unit.*,
      CASE WHEN unit.uri IS NULL OR raw.file_size <> unit.size_bytes OR raw.file_modified <> CAST(unit.modified_at AS TIMESTAMP) THEN raw.file_path END AS changed
    FROM calve_r1 AS raw LEFT JOIN calve_units AS unit ON raw.file_path = unit.file_path
  )
)
