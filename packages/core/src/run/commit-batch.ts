import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import {
  answeredIntent,
  attemptedIntent,
  committedIntent,
  finishedHead,
  nextOutput,
  wasDefinitelyNotApplied,
} from '../checkpoint/intent-journal.ts';
import type { CallContext } from '../context/call-context.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError, type CalveErrorData, errorData, throwIfAborted } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import type { SinkSession } from '../sink/sink.ts';
import { type CommitPatience, CommitRetry } from './commit-retry.ts';
import type { Connections } from './connections.ts';
import type { Journal } from './journal.ts';
import type { LedgerLease } from './ledger-lease.ts';
import type { RunEvents } from './run-events.ts';

/** What a commit needs. */
export interface CommitRequest {
  journal: Journal;
  /** The one that the journal writes with. */
  lease: LedgerLease;
  connections: Connections;
  context: CallContext;
  events: RunEvents;
  patience: CommitPatience;
}

/** Whether this worker ended the intent, or found that another one had. */
export type CommitEnd = { kind: 'committed'; intent: CommitIntent } | { kind: 'by-another-worker' };

/**
 * Brings a staged intent to its end: output after output, attempt after attempt. Each attempt looks for our own evidence before it sends
 * anything, and is journaled before it is sent, so that a crash at any point leaves something that the next run can finish. An unknown
 * outcome is followed by another look, never by clean-up.
 *
 * @throws {CalveError} `COMMIT_REFUSED` when the catalog definitely refused; `COMMIT_CONFLICT` or `COMMIT_STATE_UNKNOWN` (verify) when time
 *   is up: the intent stays and the next run goes on with it; whatever `prepare` says must stop the intent.
 */
export async function commitBatch(commitId: string, request: CommitRequest): Promise<CommitEnd> {
  const { journal, connections, context, events } = request;
  const { environment } = context;
  const present = new Set<string>();
  const retry = new CommitRetry(request.patience, environment, context.signal);
  for (;;) {
    const { intent } = journal;
    // What is only announced names neither files nor records: whatever the table proves, an older copy has taken the place of the state.
    if (intent?.commitId !== commitId || isAnnouncedOnly(intent)) return endedElsewhere(journal, commitId);
    const output = nextOutput(intent);
    if (output === undefined) {
      if (await finish(journal, intent, environment)) return { kind: 'committed', intent };
      continue;
    }
    const sink = await sinkOf(connections, intent, output);
    const prepared = await sink.prepare(intent, output);
    if (prepared.kind === 'already-committed') {
      await journal.advanceIntent(committedIntent(intent, output, prepared.snapshot));
      continue;
    }
    if (prepared.kind === 'stop') {
      await giveUpIfPossible(intent, request, prepared.isVoid);
      throw CalveError.from(prepared.error);
    }
    throwIfAborted(context.signal);
    if (!present.has(output)) await assertFilesExist(intent, output, sink, request);
    present.add(output);
    await environment.step('core.commit.committing');
    const attempted = attemptedIntent(intent, output, prepared.head);
    if (!(await journal.advanceIntent(attempted))) continue;
    const outcome = await sink.send(prepared.request);
    const attempt = attempted.outputs[output]?.attempts.length ?? 0;
    events.emit({ kind: 'commit-attempted', output, attempt, outcome: outcome.kind });
    await environment.step('core.commit.answered');
    const answered = answeredIntent(attempted, output, outcome.kind);
    if (outcome.kind === 'committed') {
      await journal.advanceIntent(committedIntent(answered, output, outcome.snapshot));
      continue;
    }
    if (!(await journal.advanceIntent(answered))) continue;
    if (outcome.kind === 'refused' && !outcome.isWorthAnother) {
      await settleRefusal(answered, output, sink, request, outcome.error);
      continue;
    }
    await retry.wait(outcome.kind, events);
  }
}

function isAnnouncedOnly({ outputs }: CommitIntent): boolean {
  return Object.values(outputs).some(({ state }) => state === 'planned');
}

async function finish(journal: Journal, intent: CommitIntent, environment: Environment): Promise<boolean> {
  if (journal.current === 'absent') return false;
  await environment.step('core.commit.finish');
  const { records, superseded = [] } = intent;
  return journal.advance(finishedHead(journal.current.head, intent), [...superseded, ...records]);
}

/** Our intent is gone from the journal: another worker finished it, or has gone beyond it. */
function endedElsewhere(journal: Journal, commitId: string): CommitEnd {
  if (journal.current !== 'absent' && journal.current.head.commitId === commitId) return { kind: 'by-another-worker' };
  throw new CalveError(
    'CHECKPOINT_SUPERSEDED',
    `Another worker is ahead on ingestion "${journal.key.ingestion}"; this one stops. Nothing is lost: run again to load what is left.`,
    {
      recovery: 'retry',
      context: { commitId },
    },
  );
}

/**
 * Staged files may be old when an earlier run left them behind; a commit of files that are gone would break the table for every reader.
 *
 * @throws {CalveError} `STAGED_FILES_MISSING`: replan when nothing was applied, and the intent is gone; otherwise decide, and it stays.
 */
async function assertFilesExist(intent: CommitIntent, output: string, sink: SinkSession, request: CommitRequest): Promise<void> {
  if (await sink.stagedFilesExist(intent, output)) return;
  await giveUpIfPossible(intent, request);
  const isGivenUp = request.journal.intent?.commitId !== intent.commitId;
  throw new CalveError(
    'STAGED_FILES_MISSING',
    isGivenUp
      ? `Files that were staged for output "${output}" are gone; plan again.`
      : `Files that were staged for output "${output}" are gone, and an earlier request to commit them was never answered. Nothing is sent or deleted.`,
    {
      recovery: isGivenUp ? 'replan' : { kind: 'decide', choices: ['restore the files', 'use a new ingestion id'] },
      context: { output, commitId: intent.commitId },
    },
  );
}

/** A definite no is believed only after another look: some catalogs refuse what they have applied. */
async function settleRefusal(
  intent: CommitIntent,
  output: string,
  sink: SinkSession,
  request: CommitRequest,
  error: CalveErrorData,
): Promise<void> {
  const prepared = await sink.prepare(intent, output);
  if (prepared.kind === 'already-committed') {
    await request.journal.advanceIntent(committedIntent(intent, output, prepared.snapshot));
    return;
  }
  await giveUpIfPossible(intent, request);
  throw new CalveError('COMMIT_REFUSED', `The catalog refused the commit: ${error.message}`, {
    recovery: error.recovery,
    cause: error,
    context: { output },
  });
}

/**
 * Drops an intent of which surely nothing was applied, so that the next plan is free; deletes its files where every request was refused.
 *
 * @param isVoid Of output to come: what was sent without an answer cannot be applied any more. Whatever was committed before stays.
 */
async function giveUpIfPossible(intent: CommitIntent, request: CommitRequest, isVoid = false): Promise<void> {
  const isPartlyThere = Object.values(intent.outputs).some(({ state }) => state === 'committed');
  if (isPartlyThere || !(isVoid || wasDefinitelyNotApplied(intent))) return;
  if (!(await request.journal.advanceIntent(null))) return;
  await abandonOutputs(intent, request);
}

/**
 * Deletes the staged files of every output that was never sent or always refused. What cannot be deleted stays behind and is reported: it is
 * in no table, and the failure or success that led here is what matters to the caller.
 */
export async function abandonOutputs(
  intent: CommitIntent,
  { connections, context }: Pick<CommitRequest, 'connections' | 'context'>,
): Promise<void> {
  for (const [name, { staged, attempts }] of Object.entries(intent.outputs)) {
    if (staged.length === 0 || attempts.some(({ outcome }) => outcome !== 'refused')) continue;
    try {
      await (await sinkOf(connections, intent, name)).abandon(intent, name);
    } catch (error) {
      const { code, message } = errorData(error);
      context.report({ code, severity: 'warning', message: `Staged files of output "${name}" stay behind: ${message}` });
    }
  }
}

/** The session that an output of an intent belongs to. */
export function sinkOf(connections: Connections, intent: CommitIntent, output: string): Promise<SinkSession> {
  const program = intent.program.outputs.find(({ name }) => name === output);
  if (!program)
    throw new CalveError('INTERNAL', `The intent has no output "${output}".`, { context: { commitId: intent.commitId } as Json });
  return connections.sink(program.sink);
}
