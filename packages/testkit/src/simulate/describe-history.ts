import type { Fault, History, HistoryEvent } from './history.ts';

/** A history as lines for people, in the order in which it happens. */
export function describeHistory({ files, catalog, leases, isSkewed, events }: History): string[] {
  return [
    `  the sink writes ${files === 'own' ? 'its own files' : 'plain lines'} below a catalog ${catalog === 'server' ? 'on a server' : 'in a file'}; the state has ${leases ? '' : 'no '}leases${isSkewed ? '; clocks differ' : ''}`,
    ...[...events].sort((a, b) => a.at - b.at).map((event) => `  ${String(event.at).padStart(6)} ms  ${describeEvent(event)}`),
    '  at the end     one more process runs the ingestion, and nothing goes wrong any more',
  ];
}

function describeEvent(event: HistoryEvent): string {
  switch (event.kind) {
    case 'file-arrives':
      return `${event.file} arrives with ${rowsText(event)}`;
    case 'file-changes':
      return `${event.file} changes: ${rowsText(event)}`;
    case 'file-vanishes':
      return `${event.file} vanishes`;
    case 'file-is-copied':
      return `${event.file} is copied to ${event.to}`;
    case 'process-runs':
      return `${event.process} runs the ingestion${endText(event)}`;
    case 'process-plans':
      return `${event.process} makes ${event.plan} and keeps it`;
    case 'process-applies':
      return `${event.process} applies ${event.plan}${endText(event)}`;
    case 'foreign-append':
      return 'another writer appends a row';
    case 'compaction':
      return 'another engine compacts the table into one file';
    case 'expiry':
      return `another engine keeps ${event.keep} snapshots, and deletes what only the others needed`;
    case 'rollback':
      return `somebody sets the table back by ${event.snapshots} snapshots`;
    case 'state-backup':
      return 'somebody makes a backup of the state';
    case 'state-restore':
      return 'the last backup takes the place of the state';
    case 'state-loss':
      return 'the state is lost';
    case 'process-resets':
      return `${event.process} resets the ledger: ${event.choice}${endText(event)}`;
    case 'process-adopts':
      return `${event.process} adopts the table; files without rows: ${event.choice}${endText(event)}`;
    case 'process-accepts-rollback':
      return `${event.process} accepts the rollback: ${event.choice}${endText(event)}`;
  }
}

function rowsText({ rows, badRows }: { rows: number; badRows: number }): string {
  return `${rows} rows${badRows > 0 ? ` and ${badRows} bad ones` : ''}`;
}

function endText({ isImpatient, faults }: { isImpatient: boolean; faults: readonly Fault[] }): string {
  return [isImpatient ? ' without patience' : '', ...faults.map(describeFault)].join('; ');
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
      return `it dies at ${placeText(fault)}`;
    case 'pause':
      return `it sleeps for ${fault.milliseconds} ms at ${placeText(fault)}`;
    case 'commit':
      return `commit ${fault.nth}: ${fault.answer}`;
    case 'load':
      return `look ${fault.nth} at the catalog: ${fault.answer}`;
    case 'store':
      return `call ${fault.nth} of the state: ${fault.answer}`;
  }
}

function placeText({ step, nth }: { step: string | null; nth: number }): string {
  return step === null ? `wait ${nth}` : `${step}${nth > 1 ? ` #${nth}` : ''}`;
}
