import type { CommitIntent, Field, IntentOutput, Json, LedgerKey, Program, ProgramOutput, StagedFiles } from '@calve/core/plugin';

/** What a test says of one output; everything else is plausible. */
export interface TestOutput {
  /** Default `main`. */
  name?: string;
  /** Validated options of the sink. */
  target: Json;
  /** All columns of the table, with ids: `ChangePlan.fields`. */
  fields: readonly Field[];
  changes?: ProgramOutput['changes'];
  /** Default append. */
  mode?: ProgramOutput['mode'];
}

/** A program with these outputs and no readers: what a sink needs of one. */
export function testProgram(outputs: readonly TestOutput[], changes: Partial<Program> = {}): Program {
  return {
    hash: 'program-1',
    tenant: 'test',
    ingestion: 'orders',
    access: { kind: 'none', reason: 'a test' },
    source: { name: 'source', options: {} },
    readers: [],
    outputs: outputs.map(({ name = 'main', target, fields, changes: tableChanges = [], mode = { kind: 'append' } }) => ({
      name,
      sink: 'lake',
      rows: 'accepted',
      target,
      access: { kind: 'none', reason: 'a test' },
      fields: [...fields],
      changes: [...tableChanges],
      projections: {},
      mode,
    })),
    limits: { maxRejectedRows: 10_000, maxRejectedRatio: 0.01, maxUnitsPerBatch: 10_000, maxBytesPerBatch: 64 * 2 ** 30 },
    ...changes,
  };
}

/** What a test says of an intent. */
export interface TestIntentOptions {
  key?: LedgerKey;
  /** Default 1. */
  sequence?: number;
  /** Default derived from key, sequence and `attempt`. */
  commitId?: string;
  writerId?: string;
  /** Per output: uuid of the table, default `absent`. */
  identities?: Readonly<Record<string, string>>;
  /** Per output: id of its snapshot in digits. Default: a number of 19 digits derived from the commit id. */
  snapshots?: Readonly<Record<string, string>>;
}

let intents = 0;

/** A planned intent to commit the outputs of a program. Two intents never share a snapshot id or a writer id unless told to. */
export function testIntent(program: Program, options: TestIntentOptions = {}): CommitIntent {
  intents += 1;
  const { key = { tenant: program.tenant, ingestion: program.ingestion }, sequence = 1 } = options;
  const commitId = options.commitId ?? `commit-${key.ingestion}-${sequence}-${intents}`;
  const outputs = program.outputs.map(({ name }, at): [string, IntentOutput] => [
    name,
    {
      state: 'planned',
      identity: options.identities?.[name] ?? 'absent',
      // Above 2^53, where a double would round it.
      snapshot: options.snapshots?.[name] ?? String(7_123_456_789_012_345_601n + BigInt(intents * 10 + at)),
      staged: [],
      attempts: [],
    },
  ]);
  return {
    key,
    generation: 'generation-1',
    sequence,
    commitId,
    programHash: program.hash,
    program,
    unitKeys: ['unit-1'],
    writerId: options.writerId ?? `writer-${intents}`,
    runId: 'run-1',
    plannedAt: '2024-01-01T00:00:00.000Z',
    records: [],
    outputs: Object.fromEntries(outputs),
  };
}

/** The intent after the files of one output were staged. */
export function withStagedFiles(intent: CommitIntent, output: string, files: StagedFiles): CommitIntent {
  return changeOutput(intent, output, { state: 'staged', staged: [files] });
}

/** The intent after requests of one output were journaled with these outcomes; `null`: sent, but not answered. */
export function withAttempts(
  intent: CommitIntent,
  output: string,
  outcomes: readonly IntentOutput['attempts'][number]['outcome'][],
): CommitIntent {
  return changeOutput(intent, output, { state: 'committing', attempts: outcomes.map((outcome) => ({ head: null, outcome })) });
}

function changeOutput(intent: CommitIntent, name: string, change: Partial<IntentOutput>): CommitIntent {
  const output = intent.outputs[name];
  if (!output) throw new TypeError(`the intent has no output "${name}"`);
  return { ...intent, outputs: { ...intent.outputs, [name]: { ...output, ...change } } };
}
