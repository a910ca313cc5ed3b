import { type CalveErrorData, errorData, type RunEvent, type RunHandle, type RunResult } from '@calve/core';
import { printProgress, visibleText } from '@calve/core/node';
import { icebergReaderCommands } from '@calve/sink-iceberg';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { RunReport } from '../documents.ts';
import { type ExitCode, exitCodeOf } from '../exit-code.ts';
import { eventLines } from '../render/event-lines.ts';
import { type FindingContext, findingLines } from '../render/finding-lines.ts';
import { filesText, plannedLines, reportLines } from '../render/run-lines.ts';
import type { CommandContext } from './command.ts';
import { fileSetAside } from './file-set-aside.ts';
import { type Ingestion, tableNamesByOutput } from './ingestion.ts';
import { quarantinedBefore } from './quarantined-before.ts';
import { type RunEnd, withQuarantinedBefore } from './run-end.ts';

/** Everything about a run but the name of the command. */
export interface FollowedRun {
  exitCode: ExitCode;
  error: CalveErrorData | null;
  /** What was thrown. */
  cause: unknown;
  run: RunReport;
  text: string;
}

type Followed = Pick<Ingestion, 'paths' | 'lake' | 'spec' | 'table' | 'rejectedTable' | 'names' | 'hasSpecFile'> &
  Pick<FindingContext, 'isPlanFixed'>;
type Seen = Pick<RunReport, 'skipped' | 'setAside' | 'findings'>;

/**
 * Shows a run while it goes on, and reports on it when it has ended, also when it failed.
 *
 * @param given Its lake is shown as the user named it, in commands to copy.
 */
export async function followRun(
  handle: RunHandle,
  followed: Followed,
  given: Pick<CommandArguments, 'lake' | 'allow'>,
  context: CommandContext,
): Promise<FollowedRun> {
  const { paths, lake, spec, table, rejectedTable, names } = followed;
  context.note([`State: ${paths.state}`]);
  const seen: Seen = { skipped: [], setAside: [], findings: [] };
  await printProgress(told(handle, seen, followed, context), context.progress, { findings: 'none' });
  const ended = await endOf(handle);
  const before = await quarantinedBefore(seen.skipped, spec, paths.state, names);
  const { result, error, cause } = withQuarantinedBefore(ended, before, given.allow);
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
    quarantinedBefore: before,
    readers: result.units.ingested > 0 || error === null ? await readersOf(lake, table, context) : null,
  };
  const lines = reportLines(withoutEcho(run, error), {
    ...{ ...followed, lake: given.lake ?? '', program: context.program },
    // A plan does not say which landing folder was typed.
    ...(followed.isPlanFixed ? {} : { findingsLine: context.lineOf('findings') }),
  });
  return {
    exitCode: error === null ? 0 : exitCodeOf(error),
    ...{ error, cause, run },
    text: lines.length === 0 ? '' : `${lines.map(visibleText).join('\n')}\n`,
  };
}

/** Hands the progress on, and tells everything else. */
async function* told(
  events: AsyncIterable<RunEvent>,
  seen: Seen,
  followed: Followed,
  context: CommandContext,
): AsyncGenerator<RunEvent> {
  const { table, names } = followed;
  const { note, busy } = context;
  const tables = tableNamesByOutput(followed.spec);
  // Findings come in crowds: they are told together, so that many of one code become a few lines.
  let untold: RunReport['findings'] = [];
  let committed = 0;
  for await (const event of events) {
    if (event.kind === 'finding') {
      seen.findings.push(event.diagnostic);
      // What there was nothing of is the result itself.
      if (event.diagnostic.code !== 'SOURCE_EMPTY') untold.push(event.diagnostic);
      continue;
    }
    if (untold.length > 0) note(findingLines(untold, followed));
    untold = [];
    switch (event.kind) {
      case 'planned':
        note(plannedLines({ ...event, skipped: addSkipped(event.skipped, seen) }, table, committed));
        if (event.units > 0) busy(`Reading ${filesText(event.units)}`);
        break;
      case 'unit-finished': {
        const file = fileSetAside(event.record, names);
        if (file === null) committed += 1;
        else seen.setAside.push(file);
        break;
      }
      case 'run-started':
        yield event;
        break;
      case 'progress':
        busy(null);
        yield event;
        break;
      default:
        note(eventLines(event, tables));
        if (event.kind === 'commit-attempted') busy('Looking for what is left');
    }
  }
}

/** A run plans again after each commit: what it said before is not said again. Returns the reasons that are new. */
function addSkipped(groups: RunReport['skipped'], { skipped }: Seen): RunReport['skipped'] {
  return groups.filter((group) => {
    const place = skipped.findIndex(({ reason }) => reason === group.reason);
    if (place === -1) skipped.push(group);
    else if ((skipped[place]?.count ?? 0) < group.count) skipped[place] = group;
    return place === -1;
  });
}

/** What the error of the run says is not said of each of its files again. */
function withoutEcho(run: RunReport, error: CalveErrorData | null): RunReport {
  const setAside = run.setAside.map((file) => (file.message === error?.message ? { ...file, message: '' } : file));
  return { ...run, setAside };
}

async function endOf(handle: RunHandle): Promise<RunEnd> {
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
