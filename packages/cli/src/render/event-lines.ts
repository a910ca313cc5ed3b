import type { LeaseHeldBy, RunEvent } from '@calve/core';

const SHOWN_COLUMNS = 10;

type TableChange = Extract<RunEvent, { kind: 'schema-changed' }>['changes'][number];

/**
 * What a run tells about its commits and its waiting, as lines; empty for what is no news.
 *
 * @param tables Names of the tables by output.
 */
export function eventLines(event: RunEvent, tables: Readonly<Record<string, string>>): string[] {
  switch (event.kind) {
    case 'commit-attempted': {
      // The end of the run, or the next plan, says so together with what was committed.
      if (event.outcome === 'committed' && event.attempt === 1) return [];
      const table = tables[event.output] ?? event.output;
      const again = event.attempt > 1 ? ` (attempt ${event.attempt})` : '';
      return [`${OUTCOMES[event.outcome]} ${table}${again}.`];
    }
    case 'schema-changed':
      return changeLines(tables[event.output] ?? event.output, event.changes);
    case 'waiting': {
      if (event.heldBy) return [busyLine(event.heldBy)];
      const until = event.until === undefined ? '' : `, until ${timeText(event.until)}`;
      const off = event.reason === 'settling' ? ` ${NO_SETTLING}` : '';
      return [`Waiting ${WAITING[event.reason]}${until}.${off}`];
    }
    case 'recovered':
      return [recoveredLine(event)];
    case 'degraded':
      return [`Slower: ${event.from} became ${event.to}: ${event.reason}`];
    default:
      return [];
  }
}

function recoveredLine({ outcome, units }: Extract<RunEvent, { kind: 'recovered' }>): string {
  if (outcome === 'dropped')
    return 'An earlier run was stopped before its commit: nothing of it is in the table, and its files count as new.';
  const files = units === 1 ? '1 file is' : `${(units ?? 0).toLocaleString('en-US')} files are`;
  return `An earlier run was stopped in the middle of its commit, which is finished now: its ${files} in the table, once.`;
}

/** For whom a command waits that was not told to stop. */
export function busyLine({ host, pid, since }: LeaseHeldBy): string {
  const who = host === null || pid === null ? 'another worker' : `process ${pid} on ${host}`;
  return `Waiting for ${who}, which has been at work on this ingestion since ${timeText(since)}. To stop instead: --if-busy stop`;
}

const OUTCOMES: Readonly<Record<Extract<RunEvent, { kind: 'commit-attempted' }>['outcome'], string>> = {
  committed: 'Committed to',
  conflict: 'Another writer was faster: trying again to commit to',
  refused: 'The catalog refused the commit to',
  unknown: 'No answer came to the commit to',
};

const NO_SETTLING = 'Files that are written to the end need no waiting: --set /input/settleSeconds=0';

const WAITING: Readonly<Record<Extract<RunEvent, { kind: 'waiting' }>['reason'], string>> = {
  settling: 'for files that may still be written',
  backoff: 'before the commit is tried again',
  quota: 'for memory',
  slot: 'for a turn',
  lease: 'for another run',
};

function changeLines(table: string, changes: readonly TableChange[]): string[] {
  return [...Map.groupBy(changes, ({ kind }) => kind)].map(([kind, same]) => {
    if (kind === 'create-table') return `The table ${table} is new.`;
    const paths = same.slice(0, SHOWN_COLUMNS).map(({ path }) => path.join('.'));
    const rest = same.length > SHOWN_COLUMNS ? `, and ${same.length - SHOWN_COLUMNS} more` : '';
    const what = kind === 'add-column' ? 'new columns' : kind.replaceAll('-', ' ');
    return `${table}: ${what} ${paths.filter((path) => path !== '').join(', ')}${rest}`.trimEnd();
  });
}

/** `16:12:05`, where the reader is. */
function timeText(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB');
}
