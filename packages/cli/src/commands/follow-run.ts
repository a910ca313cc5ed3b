import { type CalveErrorData, errorData, type RunEvent, type RunHandle, type RunResult } from '@calve/core';
import { printProgress, visibleText } from '@calve/core/node';
import { icebergReaderCommands } from '@calve/sink-iceberg';
import type { RunReport } from '../documents.ts';
import { type ExitCode, exitCodeOf } from '../exit-code.ts';
import { type FindingContext, findingLines } from '../render/finding-lines.ts';
import { plannedLines, reportLines } from '../render/run-lines.ts';
import type { CommandContext } from './command.ts';
import { fileSetAside } from './file-set-aside.ts';
import type { Ingestion } from './ingestion.ts';

/** Everything about a run but the name of the command. */
export interface FollowedRun {
  exitCode: ExitCode;
  error: CalveErrorData | null;
  /** What was thrown. */
  cause: unknown;
  run: RunReport;
  text: string;
}

type Followed = Pick<Ingestion, 'paths' | 'lake' | 'spec' | 'table' | 'rejectedTable' | 'names' | 'hasSpecFile'>;

/**
 * Shows a run while it goes on, and reports on it when it has ended, also when it failed.
 *
 * @param lakeWord The lake as the user named it, for commands to copy.
 */
export async function followRun(
  handle: RunHandle,
  followed: Followed,
  lakeWord: string,
  context: CommandContext,
): Promise<FollowedRun> {
  const { paths, lake, spec, table, rejectedTable, names, hasSpecFile } = followed;
  context.note([`State: ${paths.state}`]);
  const seen: Pick<RunReport, 'skipped' | 'setAside' | 'findings'> = { skipped: [], setAside: [], findings: [] };
  await printProgress(told(handle, seen, followed, context), context.progress, { findings: 'none' });
  const { result, error, cause } = await endOf(handle);
  const run: RunReport = {
    ...{
      state: paths.state,
      catalog: paths.catalog,
      warehouse: paths.warehouse,
      ingestion: spec.id,
      table,
      rejectedTable,
      result,
    },
    ...seen,
    readers: result.units.ingested > 0 || error === null ? await readersOf(lake, table, context) : null,
  };
  const lines = reportLines(run, lakeWord, { names, hasSpecFile });
  return {
    exitCode: error === null ? 0 : exitCodeOf(error),
    ...{ error, cause, run },
    text: lines.length === 0 ? '' : `${lines.map(visibleText).join('\n')}\n`,
  };
}

/** Hands the events on, and tells those that the progress does not show. */
async function* told(
  events: AsyncIterable<RunEvent>,
  seen: Pick<RunReport, 'skipped' | 'setAside' | 'findings'>,
  { table, names, hasSpecFile }: Followed,
  { note }: CommandContext,
): AsyncGenerator<RunEvent> {
  const findingContext: FindingContext = { names, hasSpecFile };
  // Findings come in crowds: they are told together, so that many of one code become a few lines.
  let untold: RunReport['findings'] = [];
  for await (const event of events) {
    if (event.kind === 'finding') {
      seen.findings.push(event.diagnostic);
      untold.push(event.diagnostic);
      continue;
    }
    if (untold.length > 0) note(findingLines(untold, findingContext));
    untold = [];
    if (event.kind === 'planned') {
      seen.skipped.push(...event.skipped);
      note(plannedLines(event, table));
    } else if (event.kind === 'unit-finished') {
      const file = fileSetAside(event.record, names);
      if (file !== null) seen.setAside.push(file);
    }
    yield event;
  }
}

async function endOf(handle: RunHandle): Promise<{ result: RunResult; error: CalveErrorData | null; cause: unknown }> {
  try {
    return { result: await handle, error: null, cause: null };
  } catch (cause) {
    const error = errorData(cause);
    const { result } = error.context as { result?: unknown };
    if (result === undefined) throw cause;
    return { result: result as RunResult, error, cause };
  }
}

/** The run has ended as it did, whether the catalog can be read now or not. */
async function readersOf(lake: Followed['lake'], table: string, { note }: CommandContext): Promise<RunReport['readers']> {
  try {
    const readers = await icebergReaderCommands(lake, { table });
    return readers === 'absent' ? null : readers;
  } catch (error) {
    note([`How to read the table is not known: ${errorData(error).message}`]);
    return null;
  }
}
