import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { CalveErrorData } from '../errors/calve-error.ts';
import { commandOfChoice } from '../ledger/choice-command.ts';
import type { AuditChoice, AuditFinding, AuditReport } from './audit-report.ts';

/** What is known beside the files. */
export interface LakeFacts {
  table: string;
  head: Head | null;
  /** What a run would stop with before it plans anything; null: ledger and table fit together. */
  mismatch: CalveErrorData | null;
  /** Why the rows of a table could not be read, by its name. */
  unread: { table: string; error: CalveErrorData }[];
  compared: AuditReport['compared'];
  /** The accepted rows, as counted and as found; null: not counted. */
  rows: { ledger: number; table: number } | null;
  nameless: number;
  /** Rejected rows of a commit that the loss of a ledger cut in half. */
  lostRejectedRows: number;
  unsettled: number;
  isChanging: boolean;
}

const AUDIT_AGAIN: AuditChoice = { words: 'audit again', command: 'audit' };

/** What there is to say beside the files themselves. Pure. */
export function lakeFindings(facts: LakeFacts): AuditFinding[] {
  const { head, mismatch, unread, table, nameless, unsettled, isChanging } = facts;
  return [
    ...(mismatch ? [mismatched(mismatch)] : []),
    ...unread.map(({ table: name, error }) =>
      notCompared(
        `The rows of ${name} could not be read, so that nothing is said about them. ${error.message}`,
        error.code,
        'warning',
      ),
    ),
    ...(facts.compared === 'totals' && facts.rows ? [onlyTotals(table, facts.rows)] : []),
    ...(head?.intent ? [openCommit(head.intent)] : []),
    ...(isChanging
      ? [
          plain(
            'changed-meanwhile',
            'warning',
            'A run commits at this time, so that these numbers may be of different moments.',
            [AUDIT_AGAIN],
          ),
        ]
      : []),
    ...(facts.lostRejectedRows > 0
      ? [
          {
            ...plain(
              'rejected-rows',
              'warning',
              'These rejected rows are in no table: their commit was cut in half when an earlier ledger was lost. The accepted rows of their files are all there.',
              [{ words: 'find out which rows those are: preview the files of the last commit before the loss', command: null }],
            ),
            rows: { ledger: facts.lostRejectedRows, table: 0 },
          },
        ]
      : []),
    ...(nameless > 0
      ? [
          {
            ...plain(
              'unnamed-rows',
              'information',
              'These rows name no file: another writer added them. Nothing is said about them.',
              [],
            ),
            rows: { ledger: 0, table: nameless },
          },
        ]
      : []),
    ...(unsettled > 0
      ? [
          {
            ...plain(
              'unsettled',
              'information',
              'These files may still be written, or cannot be read now; the next run looks at them.',
              [{ words: 'look at them again', command: 'run' } as const],
            ),
            files: unsettled,
          },
        ]
      : []),
  ];
}

/** Ledger and table are not compared by a run that finds a commit open: it settles that first. */
function mismatched({ code, message, recovery }: CalveErrorData): AuditFinding {
  const choices = recovery.kind === 'decide' ? recovery.choices : [];
  return {
    ...plain(
      'ledger-and-table',
      'error',
      message,
      choices.map((words) => ({ words, command: commandOfChoice(words) })),
    ),
    reason: code,
  };
}

function openCommit({ sequence, unitKeys, plannedAt, outputs }: NonNullable<Head['intent']>): AuditFinding {
  const states = Object.values(outputs).map(({ state }) => state);
  const how = states.includes('committing')
    ? 'it had reached the moment of the commit, so its rows may be in the table'
    : 'nothing of it is in the table yet';
  const message =
    `Commit ${sequence}, begun at ${plannedAt}, has not ended: a run is at work now, or one was stopped. As far as the ledger knows, ${how}; ` +
    'the next run looks, brings it to its end first and loads nothing twice. Its files are not compared.';
  return {
    ...plain('open-commit', 'warning', message, [{ words: 'finish it, unless a run is at work', command: 'run' }]),
    files: unitKeys.length,
  };
}

/** Without the columns that name the file, only sums can be compared, and rows of others are among them. */
function onlyTotals(table: string, rows: { ledger: number; table: number }): AuditFinding {
  const why = `${table} has no columns _source_file and _source_version, so its rows cannot be told by file.`;
  if (rows.table < rows.ledger) {
    const message = `${why} Together it has fewer rows than were loaded: a delete, an overwrite or a rollback took them away, or somebody made the table anew.`;
    return { ...plain('missing-from-table', 'warning', message, [{ words: 'look at the commits', command: 'history' }]), rows };
  }
  const more =
    rows.table === rows.ledger
      ? 'Together they are as many as were loaded; which file is twice and which is missing could not be told.'
      : 'Together they are more than were loaded: other writers added some, or some are twice, which cannot be told.';
  return { ...notCompared(`${why} ${more}`, null, 'information'), rows };
}

function notCompared(message: string, reason: string | null, severity: AuditFinding['severity']): AuditFinding {
  return { ...plain('not-compared', severity, message, []), reason };
}

function plain(
  kind: AuditFinding['kind'],
  severity: AuditFinding['severity'],
  message: string,
  choices: AuditChoice[],
): AuditFinding {
  return { kind, severity, message, reason: null, files: null, rows: null, examples: [], choices };
}
