import { FileTally } from './file-tally.ts';

/** The files of folder, ledger and table, by what the three say about them. */
export interface Reconciled {
  neverSeen: FileTally;
  /** Never seen, and probably the content of a loaded file under another name. */
  perhapsCopies: FileTally;
  changed: FileTally;
  gone: FileTally;
  twice: FileTally;
  /** Rows are missing whose commit is in the history of the table, so that a later change took them away. */
  takenAway: FileTally;
  /** … and rows whose commit the table does not show. */
  missing: FileTally;
  /** Fewer rows than were loaded, where rows of other files may have replaced them: what is missing cannot be told. */
  notComparable: FileTally;
  rejectedFewer: FileTally;
  rejectedMore: FileTally;
  /** The table has rows of them, the ledger knows nothing, and the next run would load them again. */
  wouldRepeat: FileTally;
  /** … and they are not in the folder, so that nothing loads them. */
  unknownOrigin: FileTally;
  countedAsLoaded: FileTally;
  /** By state and code, `held OBJECT_SAME_CONTENT`. */
  setAside: Map<string, FileTally>;
  /** What the ledger counted. */
  ledger: { files: number; rows: number; rejected: number };
  /** What the rows of the table name. */
  found: { files: number; rows: number; rejected: number };
  agreeing: { files: number; rows: number; rejected: number };
}

/** Nothing was compared yet. */
export function nothingReconciled(): Reconciled {
  const none = () => ({ files: 0, rows: 0, rejected: 0 });
  return {
    neverSeen: new FileTally(false),
    perhapsCopies: new FileTally(false),
    changed: new FileTally(false),
    gone: new FileTally(false),
    twice: new FileTally(true),
    takenAway: new FileTally(true),
    missing: new FileTally(true),
    notComparable: new FileTally(true),
    rejectedFewer: new FileTally(true),
    rejectedMore: new FileTally(true),
    wouldRepeat: new FileTally(true),
    unknownOrigin: new FileTally(true),
    countedAsLoaded: new FileTally(false),
    setAside: new Map(),
    ledger: none(),
    found: none(),
    agreeing: none(),
  };
}
