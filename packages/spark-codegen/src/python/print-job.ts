import type { Program } from '@calve/core/plugin';
import { SUMMARY_KEYS } from '@calve/core/plugin';
import type { SparkReader } from '../reader/spark-reader.ts';
import { SESSION_CONF } from '../session-conf.ts';
import { STAGING_PROPERTY } from '../sql/create-table.ts';
import { sqlName } from '../sql/literal.ts';
import { type RowNames, readerView, UNITS_VIEW } from '../sql/typed-select.ts';
import type { TargetTable } from '../target-table.ts';
import { JOB_BODY } from './job-body.ts';
import { type PythonValue, pythonLiteral, pythonSql } from './literal.ts';

/** Of this package, in the first line of what it prints. */
const VERSION = '0.1.0';

const IMPORTS = `import argparse
import json
import os
import random
import sys
import time
import uuid

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
`;

/** What Spark knows of the file of each row. */
const FILE_FACTS = [
  // Versions differ in how many slashes they print.
  "regexp_replace(_metadata.file_path, '^file:/+', 'file:/') AS file_path",
  '_metadata.file_size AS file_size',
  '_metadata.file_modification_time AS file_modified',
];

/** Everything that is written into a program. */
export interface JobParts {
  program: Program;
  table: TargetTable;
  names: RowNames;
  /** By reader id. */
  readers: ReadonlyMap<string, SparkReader>;
  /** By reader id. */
  selects: ReadonlyMap<string, string>;
}

/** The text of the program: constants, then what is the same in every program. */
export function printJob({ program, table, names, readers, selects }: JobParts): string {
  const constants: [name: string, text: string][] = [
    ['INGESTION', pythonLiteral(program.ingestion)],
    ['PROGRAM_HASH', pythonLiteral(program.hash)],
    ['TABLE', pythonLiteral(table.name)],
    ['COLUMNS', pythonSql(table.columns.join(',\n'))],
    ['LIMITS', pythonLiteral(limitsOf(program))],
    ['KEYS', pythonLiteral(SUMMARY_KEYS)],
    ['STAGING_PROPERTY', pythonLiteral(STAGING_PROPERTY)],
    ['PACKAGES', pythonLiteral(table.packages)],
    ['LAKE_CONF', pythonLiteral(table.conf)],
    ['SESSION_CONF', pythonLiteral(SESSION_CONF)],
    ['CREATE_NAMESPACE', table.create === null ? 'None' : pythonLiteral(table.create.namespace)],
    ['CREATE_TABLE', table.create === null ? 'None' : pythonSql(`${table.create.table}\n`)],
    ['UNITS_VIEW', pythonLiteral(UNITS_VIEW)],
    ['FILE_FACTS', pythonLiteral(FILE_FACTS)],
    ['READERS', pythonLiteral(Object.fromEntries([...readers].map(([id, reader]) => [id, readerLiteral(id, reader)])))],
    ['ERRORS', pythonLiteral(names.errors)],
    ['ERRORS_SQL', pythonLiteral(sqlName(names.errors))],
    ['CHANGED', pythonLiteral(names.changed)],
    ['CHANGED_SQL', pythonLiteral(sqlName(names.changed))],
  ];
  const typed = [...selects].map(([id, sql]) => `TYPED_SQL[${pythonLiteral(id)}] = ${pythonSql(`${sql}\n`)}\n`);
  return [
    `# Printed by @calve/spark-codegen ${VERSION}: do not edit, print it again.`,
    `# ingestion: ${program.ingestion}  program: ${program.hash}  target: pyspark 4.0, iceberg 1.11`,
    '# Rows that do not fit are counted, with their codes; this program does not keep them.',
    IMPORTS,
    ...constants.map(([name, text]) => `${name} = ${text}`),
    'TYPED_SQL = {}',
    typed.join('\n') + JOB_BODY.trimEnd(),
    '',
  ].join('\n');
}

function limitsOf({ limits: { maxRejectedRows, maxRejectedRatio } }: Program): PythonValue {
  return { maxRejectedRows, maxRejectedRatio };
}

function readerLiteral(id: string, { format, options, schema, select }: SparkReader): PythonValue {
  const listing = { recursiveFileLookup: 'true', __globPaths__: 'false' };
  return { format, view: readerView(id), options: { ...options, ...listing }, schema, select };
}
