import type {
  CommitIntent,
  CommitOutcome,
  Field,
  IntentOutput,
  Json,
  Prepared,
  ProgramOutput,
  TableEvidence,
} from '@calve/core/plugin';
import { CalveError, evidenceName, evidenceSummary, sameType } from '@calve/core/plugin';
import { memoryEvidence } from './memory-history.ts';
import type { MemoryRemoved } from './memory-rewriting-writer.ts';
import type { MemoryFile } from './memory-table-writer.ts';
import type { MemoryTable, MemoryTables } from './memory-tables.ts';

/** Everything that one request asserts and changes. */
interface MemoryRequest {
  table: string;
  identity: string | 'absent';
  /** What a table gets that is created. */
  newIdentity: string;
  schemaId: number | null;
  head: string | null;
  snapshot: string;
  fields: Field[];
  files: string[];
  /** Files that leave the table. */
  removed: string[];
  summary: Record<string, string>;
  evidence: { name: string; value: TableEvidence };
}

/** Files that were staged for an output. */
export function stagedMemoryFiles(intent: CommitIntent, output: string): MemoryFile[] {
  return intent.outputs[output]!.staged.flatMap(({ files }) => files as unknown as MemoryFile[]);
}

/** First half of an attempt: evidence first, then whether the table is as planned. Pure. */
export function prepareMemoryCommit(tables: MemoryTables, intent: CommitIntent, name: string, newIdentity: string): Prepared {
  const planned = intent.program.outputs.find((output) => output.name === name)!;
  const { identity, snapshot } = intent.outputs[name]!;
  const table = (planned.target as { table: string }).table;
  const current = tables.tables.get(table) ?? null;
  const property = evidenceName(intent.key);
  const evidence = current && memoryEvidence(current, intent.key, intent.outputs[name]!.accepted);
  const { generation, sequence, commitId } = intent;
  if (evidence?.sequence === sequence && evidence.commitId === commitId && !evidence.rollback) {
    return { kind: 'already-committed', snapshot: evidence.snapshot };
  }
  const isFirst = planned === intent.program.outputs[0];
  const stop = tableProblem(current, identity, planned, isFirst) ?? evidenceProblem(evidence, sequence, isFirst);
  if (stop) return stop;
  const live = current?.snapshots.find(({ id }) => id === current.head)?.files ?? [];
  const removed = removedBy(intent, name);
  if (removed && (live.length !== removed.read.length || removed.read.some((path) => !live.includes(path))))
    return conflict(intent.outputs[name]!.attempts, current?.head ?? null);
  const request: MemoryRequest = {
    table,
    identity: current?.identity ?? 'absent',
    newIdentity,
    schemaId: current?.schemaId ?? null,
    head: current?.head ?? null,
    snapshot,
    fields: planned.fields,
    files: stagedMemoryFiles(intent, name).map(({ path }) => path),
    removed: removedBy(intent, name)?.paths ?? [],
    summary: evidenceSummary(intent),
    evidence: { name: property, value: { generation, sequence, commitId, snapshot, kept: 'property' } },
  };
  return { kind: 'ready', head: request.head, request: structuredClone(request) as unknown as Json };
}

/** Second half: applies the request when everything that it asserts is so, at once or not at all. */
export function applyMemoryRequest(tables: MemoryTables, json: Json): CommitOutcome {
  const request = structuredClone(json) as unknown as MemoryRequest;
  const current = tables.tables.get(request.table);
  const isAsAsserted =
    (current?.identity ?? 'absent') === request.identity &&
    (current?.schemaId ?? null) === request.schemaId &&
    (current?.head ?? null) === request.head;
  if (!isAsAsserted) return { kind: 'conflict' };
  const live = current?.snapshots.find(({ id }) => id === current.head)?.files ?? [];
  if (current?.snapshots.some(({ id }) => id === request.snapshot)) return refused('the snapshot id is in use');
  if (request.files.some((path) => live.includes(path))) return refused('a file is live already');
  if (request.files.some((path) => tables.sizeOf(path) === null)) return refused('a file does not exist');
  if (request.removed.some((path) => !live.includes(path))) return refused('a file that is to leave the table is not in it');
  const next: MemoryTable = current ?? {
    identity: request.newIdentity,
    fields: [],
    schemaId: -1,
    head: null,
    snapshots: [],
    evidence: new Map(),
  };
  if (JSON.stringify(next.fields) !== JSON.stringify(request.fields)) next.schemaId += 1;
  next.fields = request.fields;
  next.snapshots.push({
    id: request.snapshot,
    parent: next.head,
    files: [...live.filter((path) => !request.removed.includes(path)), ...request.files],
    summary: request.summary,
  });
  next.head = request.snapshot;
  next.evidence.set(request.evidence.name, request.evidence.value);
  tables.tables.set(request.table, next);
  return { kind: 'committed', snapshot: request.snapshot };
}

/** The definite no of a catalog. */
export function refused(why: string): CommitOutcome {
  return {
    kind: 'refused',
    error: new CalveError('MEMORY_REFUSED', `The commit is refused: ${why}.`, { recovery: 'fix-access' }).toJSON(),
  };
}

function tableProblem(
  table: MemoryTable | null,
  identity: string | 'absent',
  planned: ProgramOutput,
  isFirst: boolean,
): Prepared | null {
  if (identity !== 'absent' && table?.identity !== identity) return stop('TABLE_REPLACED', 'the table was dropped', 'report');
  if (!table) return null;
  // Another output of the intent may be in its table already, so a second table that came into being as planned is taken as it is.
  if (identity === 'absent' && isFirst) return stop('PLAN_STALE', 'the table was created since', 'replan');
  return isAsPlanned(table.fields, planned) ? null : stop('SCHEMA_CHANGED', 'the columns are no longer as planned', 'replan');
}

function evidenceProblem(evidence: TableEvidence | null, sequence: number, isFirst: boolean): Prepared | null {
  const last = evidence?.sequence ?? 0;
  if (evidence?.rollback) return stop('TABLE_ROLLED_BACK', `the snapshot of commit ${last} is ${evidence.rollback}`, 'report');
  if (last > sequence) return stop('CHECKPOINT_BEHIND', `the table proves commit ${last}`, 'verify');
  if (last === sequence) return stop('MARKER_CONFLICT', 'the table carries another history', 'report');
  return last < sequence - 1 && isFirst ? stop('MARKER_BEHIND', `the table proves commit ${last}`, 'report') : null;
}

/** Every column is there with its id and type, or is about to change as the plan says. */
function isAsPlanned(fields: readonly Field[], { fields: after, changes }: ProgramOutput): boolean {
  const changing = (kind: string, name: string): boolean =>
    changes.some((change) => change.kind === kind && change.path[0] === name);
  const isKept = fields.every(({ name, id, type }) => {
    const planned = after.find((field) => field.name === name);
    return planned?.id === id && (sameType(planned!.type, type) || changing('widen-column', name));
  });
  const added = after.filter(({ name }) => !fields.some((field) => field.name === name));
  return isKept && added.every(({ name }) => changing('add-column', name));
}

function stop(code: string, why: string, recovery: 'replan' | 'verify' | 'report'): Prepared {
  return { kind: 'stop', error: new CalveError(code, `The commit must not be sent: ${why}.`, { recovery }).toJSON() };
}

/** What a staged rewrite takes out of the table; undefined: it only adds. */
function removedBy(intent: CommitIntent, output: string): MemoryRemoved | undefined {
  const staged = intent.outputs[output]!.staged.find(({ rewrite }) => rewrite !== undefined);
  return staged?.rewrite?.removed as MemoryRemoved | undefined;
}

function conflict(attempts: IntentOutput['attempts'], head: string | null): Prepared {
  const error = new CalveError('REWRITE_CONFLICT', 'Another writer has changed the table since it was read.', {
    recovery: 'replan',
  });
  return {
    kind: 'stop',
    error: error.toJSON(),
    ...(attempts.every((attempt) => attempt.head !== head) && { isVoid: true as const }),
  };
}
