import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import type { CommandArguments } from './arguments/invocation.ts';
import type { LakePaths } from './lake-paths.ts';

/** The SDK as the command line uses it: specs name the source `local`, the formats `csv` and `json` and the sink `lake`. */
export type LocalCalve = ReturnType<typeof openCalve>['calve'];

/** Creates nothing on the disk: the first commit does. */
export function openCalve(
  paths: LakePaths,
  { isolation = 'inline', limits }: Pick<CommandArguments, 'isolation' | 'limits'> = {},
) {
  const lake = icebergSink({ catalog: sqliteCatalog(paths.catalog), warehouse: paths.warehouse });
  const calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat(), json: jsonFormat() },
    sinks: { lake },
    state: sqliteState(paths.state),
    isolation,
    ...(limits === undefined ? {} : { limits: limits.file }),
  });
  return { calve, lake };
}
