/**
 * Every code that Calve itself throws or reports. A code says what is wrong; it is public API and never changes its meaning.
 * Plugins add codes of their own with a prefix (`ICEBERG_…`, `CSV_…`).
 */
export type ErrorCode =
  // spec and configuration
  | 'SPEC_INVALID' // the spec does not validate; `context.issues` lists every issue
  | 'OPTIONS_INVALID' // options of a plugin do not validate
  | 'CONFIGURATION_INVALID' // createCalve was given something that cannot work
  | 'CONTRACT_UNSUPPORTED' // a plugin speaks a contract version that this core does not
  | 'ENVIRONMENT_MISSING' // no default environment on this platform
  | 'CLOSED' // the Calve instance or session is closed
  // source
  | 'SOURCE_NOT_FOUND' // the directory or bucket does not exist
  | 'SOURCE_ACCESS_DENIED' // permission is missing
  | 'SOURCE_EMPTY' // nothing matched; context tells what was searched
  | 'SOURCE_UNAVAILABLE' // an I/O error that may pass
  | 'SOURCE_REFUSED' // the storage answers, but not with what a source can use: a redirect, a page that is no listing
  | 'OBJECT_CHANGED' // the object is no longer the version that was listed
  | 'OBJECT_NOT_FOUND' // the object disappeared after it was listed
  | 'OBJECT_CHANGED_AFTER_LOAD' // loaded before, then changed: held
  | 'OBJECT_UNCHANGED' // the same content at the same place under a new identity: recorded, nothing loads
  | 'OBJECT_SAME_CONTENT' // the same bytes were loaded under another name: skipped
  // formats
  | 'FORMAT_UNKNOWN' // no format recognises the file
  | 'FORMAT_AMBIGUOUS' // two formats recognise the file equally well
  | 'FORMAT_DETECTED' // which format was detected, and why
  | 'MALFORMED_UNIT' // nothing further can be read from this unit
  | 'FILE_EMPTY' // no header and no rows
  | 'TEXT_MALFORMED' // bytes that are not valid in the declared encoding were replaced by U+FFFD
  // limits of one file
  | 'LIMIT_FILE' // larger than `compressedBytes` or `contentBytes`
  | 'LIMIT_RATIO' // a compressed file that grows more than `compressionRatio` times
  | 'LIMIT_LINE' // a record longer than `recordBytes`
  | 'LIMIT_CELL' // a cell longer than `cellBytes`
  | 'LIMIT_COLUMNS' // more columns than `columns`
  | 'LIMIT_HEADER' // a header longer than `headerBytes`
  | 'LIMIT_NAME' // the name of a column longer than `nameCharacters`
  | 'LIMIT_TIME' // a decode process without progress for `stallMilliseconds`
  | 'LIMIT_MEMORY' // a decode process with more than `decodeMemoryBytes`
  | 'WORKER_ENDED' // a thread that worked on files ended in the middle of them
  | 'DECODER_CRASHED' // a decode process ended in the middle of a file, or its decoder failed with a defect
  // schema
  | 'SCHEMA_TYPE_CONFLICT' // a unit does not fit the type of a table column
  | 'SCHEMA_VALUES_REFUTED' // a few values do not fit the type of the rest: they will be rejected rows
  | 'SCHEMA_FORMAT_UNDECLARED' // a column is text, but a pattern or separators, once declared, would read all of its values
  | 'SCHEMA_MIXED_TYPES' // no narrower type fits enough values: text
  | 'SCHEMA_COLUMN_ADDED' // a new column is added to the table
  | 'SCHEMA_COLUMN_HELD' // a new column waits for a decision
  | 'SCHEMA_COLUMN_IGNORED' // a new column is left out, as the spec says
  | 'SCHEMA_COLUMN_MISSING' // a column of the table is absent from a unit: its rows get null
  | 'SCHEMA_COLUMN_EMPTY' // a column without values is not created
  | 'SCHEMA_COLUMN_UNKNOWN' // the spec names a column that no file has
  | 'SCHEMA_COLUMN_RESCUED' // a new column or member is kept in the rescue column, as the spec says
  | 'SCHEMA_NAME_CONFLICT' // two columns or members would have the same name, or names that differ in case only
  | 'SCHEMA_RESERVED_NAME' // a column of the file has the name of a provenance column
  | 'WRITE_MODE_MISSING' // the spec names no way of writing, and the commits before did not just add rows
  | 'SCHEMA_IMPOSSIBLE' // the table cannot take these columns
  | 'SCHEMA_CHANGED' // the table's schema is not the one that was planned
  // plan and run
  | 'PLAN_STALE' // a precondition of the plan no longer holds
  | 'PLAN_INVALID' // the value is not a plan of this version
  | 'PLAN_INCOMPLETE' // a unit has something that the part of it from which it was planned has not
  | 'UNITS_SET_ASIDE' // units were held, quarantined or failed; the rest, if there was one, was committed
  | 'REJECTED_LIMIT' // more rejected rows than the spec allows
  | 'VALUES_RESCUED' // values that no column takes are kept in the rescue column
  | 'VALUE_REJECTED' // a value cannot be typed and the column's policy is to fail
  | 'COUNT_MISMATCH' // read + expanded is not written + rejected + filtered + deduplicated
  | 'ROWS_NOT_REPLAYED' // rejected rows that were to go again stay where they are
  | 'PATCH_UNFIT' // a patch of a finding does not fit the spec
  | 'LISTENER_FAILED' // a listener of the host threw; the run went on
  | 'CANCELLED' // the signal was aborted
  // checkpoint and commit
  | 'INGESTION_BUSY' // another worker holds the lease, and the caller did not want to wait
  | 'CHECKPOINT_SUPERSEDED' // another worker is ahead, or took over from this one
  | 'CHECKPOINT_BEHIND' // the table is ahead of the state: an old backup?
  | 'CHECKPOINT_UNAVAILABLE' // the state store cannot be read or written now
  | 'CHECKPOINT_OUTCOME_UNKNOWN' // the answer to a state change was lost
  | 'MARKER_BEHIND' // the table's evidence is older than the state: property removed, table rebuilt or rolled back
  | 'MARKER_CONFLICT' // the table carries another history of this ingestion
  | 'REWRITE_CONFLICT' // another writer touched what a staged commit replaces: it is staged again
  | 'OVERWRITE_TOO_LARGE' // an overwrite takes all new files in one commit, and a limit of the batch does not let it
  | 'OVERWRITE_INCOMPLETE' // a file of an overwrite could not be read now, or would go again alone: a part of a delivery replaces nothing
  | 'OVERWRITE_EMPTY' // an overwrite without rows: the table stays as it is
  | 'MERGE_TOO_LARGE' // the keys of a merge need more memory than it may have
  | 'REPLACED_ROWS_MISSING' // fewer rows of a corrected file were found in the table than were loaded from it
  | 'CORRECTION_EMPTY' // a corrected file has no row that could be written, and its earlier ones went
  | 'OBJECT_REPLACED' // loaded before, then replaced by a corrected version of the same file
  | 'TABLE_REPLACED' // the table was dropped and created again
  | 'TABLE_ROLLED_BACK' // the snapshot that the evidence names is no longer an ancestor of the head
  | 'COMMIT_CONFLICT' // other writers kept winning until the time limit
  | 'COMMIT_REFUSED' // the catalog refused the commit
  | 'COMMIT_STATE_UNKNOWN' // the answer to the commit was lost and could not be settled in time
  | 'STAGED_FILES_MISSING' // files that were staged are gone
  // values
  | 'BATCH_RELEASED' // a batch was released twice or used after its release
  | 'INTERNAL'; // a defect
