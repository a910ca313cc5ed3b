import { ROLLED_BACK } from '../ledger/gone-records.ts';
import type { AuditChoice, AuditFinding } from './audit-report.ts';
import type { FileTally } from './file-tally.ts';
import type { Reconciled } from './reconciled.ts';

const RUN: AuditChoice = { words: 'load them', command: 'run' };
const HISTORY: AuditChoice = { words: 'look at the commits and their snapshots', command: 'history' };

/**
 * What the comparison of files means, in words. Pure.
 *
 * @param hasLedger Only a ledger that was lost can be rebuilt.
 * @param stopsWith Code of what a run would stop with: until that is settled, no run loads anything.
 */
export function fileFindings(files: Reconciled, hasLedger: boolean, stopsWith: string | null): AuditFinding[] {
  return [...doubled(files, hasLedger), ...lacking(files, stopsWith), ...waiting(files, stopsWith), ...asItMayBe(files)];
}

function doubled({ wouldRepeat, twice, rejectedMore }: Reconciled, hasLedger: boolean): AuditFinding[] {
  return [
    ...finding('not-in-ledger', 'error', wouldRepeat, {
      message:
        'The table has rows of these files, and the ledger does not know that they were loaded, so that they would load a second time unless somebody decides. ' +
        'The ledger was lost, is an old copy or was reset; or another ingestion, or somebody else, added these rows.',
      choices: [
        { words: 'restore the newest copy of the state', command: null },
        hasLedger
          ? {
              words: 'begin the ledger anew so that all files of the folder count as loaded (--from-now), also those never seen',
              command: 'reset',
            }
          : { words: 'rebuild the ledger from the table', command: 'adopt' },
      ],
    }),
    ...finding('twice-in-table', 'error', twice, {
      message:
        'The table has more rows of these files than were loaded from them. A reset with reload doubles rows on purpose; otherwise another ' +
        'ingestion, or another program, wrote the same rows into the table. Nothing takes them out again by itself.',
      choices: [
        HISTORY,
        {
          words:
            'take the extra rows out with another engine: the columns _source_file and _source_version say whose they are, the snapshots of the table who added them',
          command: null,
        },
      ],
    }),
    ...finding('rejected-rows', 'warning', rejectedMore, {
      message:
        'The table of rejected rows has more rows of these files than were set aside: they were loaded, or copied, more than once.',
      choices: [HISTORY],
    }),
  ];
}

function lacking({ missing, takenAway, rejectedFewer }: Reconciled, stopsWith: string | null): AuditFinding[] {
  if (stopsWith === 'TABLE_ROLLED_BACK')
    return [...wentBack(missing, 'error'), ...wentBack(takenAway, 'warning'), ...rejectedLack(rejectedFewer)];
  return [
    ...finding('missing-from-table', 'error', missing, {
      message:
        'The ledger counted more rows of these files than the table has, and the table does not show the commits that loaded them: it was rolled ' +
        'back, restored from an old copy or made anew. No run loads these files again by itself.',
      choices: [
        { words: 'restore the newest copy of the table', command: null },
        { words: 'load all files of the folder again (--reload), which doubles the rows that are there', command: 'reset' },
        HISTORY,
      ],
    }),
    ...finding('missing-from-table', 'warning', takenAway, {
      message:
        'The table has fewer rows of these files than were loaded. The commits that loaded them are in its history, so a later change took the ' +
        'rows away: a delete, an overwrite or a retention job. If that was meant, nothing is wrong, and no run loads these files again. The ledger counts what was loaded, not what others delete.',
      choices: [
        { words: 'nothing, when the rows were deleted on purpose', command: null },
        HISTORY,
        {
          words: 'load such a file again: copy its content under a new name, with input.onSameContent "load" in the spec',
          command: 'run',
        },
      ],
    }),
    ...rejectedLack(rejectedFewer),
  ];
}

/** Whether somebody also deleted rows is told once the rollback is settled. */
function wentBack(tally: FileTally, severity: AuditFinding['severity']): AuditFinding[] {
  return finding('missing-from-table', severity, tally, {
    message:
      'The table has fewer rows of these files than were loaded; the rollback took them, unless somebody deleted rows besides. Decide about the ' +
      'rollback first. What is missing then, the next audit says.',
    choices: [HISTORY],
  });
}

function rejectedLack(tally: FileTally): AuditFinding[] {
  return [
    ...finding('rejected-rows', 'warning', tally, {
      message:
        'The table of rejected rows has fewer rows of these files than were set aside. Somebody may have cleaned it up, which is fine; otherwise the ' +
        'bad rows are in the files only.',
      choices: [{ words: 'nothing, when they were deleted on purpose', command: null }, HISTORY],
    }),
  ];
}

function waiting({ neverSeen, changed, setAside }: Reconciled, stopsWith: string | null): AuditFinding[] {
  return [
    ...finding('never-seen', 'warning', neverSeen, {
      message: `These files are in the folder, and neither ledger nor table know them.${stopsWith === null ? '' : ' No run loads them until the error above is settled.'}`,
      choices: stopsWith === null ? [RUN] : [],
    }),
    ...finding('changed-after-load', 'warning', changed, {
      message:
        'These files were changed or touched after they were loaded: the table has the rows of the earlier version. A run compares the content; ' +
        'what really changed waits for a decision, unless the spec says otherwise.',
      choices: [
        { words: 'compare them, and see what is said of each', command: 'run' },
        { words: 'put the earlier content back, or put new rows into a new file', command: null },
      ],
    }),
    ...[...setAside].flatMap(([name, tally]) => setAsideFinding(name, tally)),
  ];
}

function setAsideFinding(name: string, tally: FileTally): AuditFinding[] {
  const [state = '', reason = ''] = name.split(' ');
  const isMeant = state === 'skipped';
  const isRolledBack = reason === ROLLED_BACK;
  const message =
    ((isRolledBack &&
      'Their rows went when the table was rolled back, which somebody accepted; the next run loads them again.') ||
      {
        held: 'These files wait for a decision; a run says which.',
        quarantined:
          'The content of these files is the reason why they are not loaded; they are tried again once they are replaced.',
        failed: 'These files could not be read; the next run tries them again.',
        skipped: 'These files are left out, as the spec and their content say.',
      }[state]) ??
    'These files are not loaded.';
  return finding('set-aside', isMeant ? 'information' : 'warning', tally, {
    message: `${state}, ${reason}: ${message}`,
    reason,
    choices: isMeant ? [] : [{ words: 'see why, and what to do', command: 'run' }],
  });
}

function asItMayBe({ perhapsCopies, gone, unknownOrigin, countedAsLoaded, notComparable }: Reconciled): AuditFinding[] {
  return [
    ...finding('not-compared', 'information', notComparable, {
      message:
        'The table has fewer rows of these files than were loaded from them. This ingestion merges or overwrites, so rows of other files take their ' +
        'place as it should be, and whether one is missing cannot be told from counts.',
      choices: [],
    }),
    ...finding('never-seen', 'information', perhapsCopies, {
      message:
        'These files are new under their names and probably hold the content of loaded ones: moved or copied. A run compares them and loads nothing twice.',
      choices: [{ words: 'compare them', command: 'run' }],
    }),
    ...finding('loaded-but-gone', 'information', gone, {
      message: 'These files were loaded and are no longer among the files of the folder. Their rows stay in the table.',
      choices: [],
    }),
    ...finding('not-in-ledger', 'information', unknownOrigin, {
      message:
        'The table has rows that name these file versions, of which the ledger knows nothing, and which are not in the folder: another ingestion ' +
        'loads into this table, the ledger was begun anew, or somebody else added the rows. No run loads them again.',
      choices: [],
    }),
    ...finding('counted-as-loaded', 'information', countedAsLoaded, {
      message:
        'These files count as loaded because somebody chose so when the ledger was begun anew or a rollback was accepted. Their rows were never counted, so nothing is compared.',
      choices: [],
    }),
  ];
}

function finding(
  kind: AuditFinding['kind'],
  severity: AuditFinding['severity'],
  tally: FileTally,
  words: Pick<AuditFinding, 'message' | 'choices'> & { reason?: string },
): AuditFinding[] {
  return tally.files === 0 ? [] : [{ kind, severity, reason: null, ...words, ...tally.counts() }];
}
