/**
 * What decides about rows and has another default in some version, or may have been changed by the host of a session. Set in a session of the
 * program's own.
 */
export const SESSION_CONF: Readonly<Record<string, string>> = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.timestampType': 'TIMESTAMP_LTZ',
  'spark.sql.legacy.timeParserPolicy': 'CORRECTED',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.storeAssignmentPolicy': 'ANSI',
  'spark.sql.caseSensitive': 'false',
  'spark.sql.parser.escapedStringLiterals': 'false',
  'spark.sql.variable.substitute': 'false',
  'spark.sql.mapKeyDedupPolicy': 'EXCEPTION',
  'spark.sql.csv.parser.columnPruning.enabled': 'false',
  'spark.sql.csv.filterPushdown.enabled': 'false',
  'spark.sql.json.filterPushdown.enabled': 'false',
  'spark.sql.json.enablePartialResults': 'true',
  'spark.sql.json.enableExactStringParsing': 'true',
  'spark.sql.files.ignoreCorruptFiles': 'false',
  'spark.sql.files.ignoreMissingFiles': 'false',
  'spark.sql.sources.partitionColumnTypeInference.enabled': 'false',
  'spark.sql.sources.partitionOverwriteMode': 'dynamic',
};
