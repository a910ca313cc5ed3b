import type { SeededFault } from './seeded-fault.ts';

const COMMIT_BATCH = 'packages/core/src/run/commit-batch.ts';
const DECIDE = 'packages/sink-iceberg/src/commit/decide.ts';

/** The mistakes that the simulator and the ordinary tests have to notice, each put into the shipped code. */
export const SEEDED_FAULTS: readonly SeededFault[] = [
  {
    name: 'the marker is not looked for',
    edits: [
      {
        file: DECIDE,
        from: "  if (evidence === null) return sequence === 1 || !isFirstOutput ? 'send' : 'marker-behind';",
        to: "  if (sequence > 0) return 'send';",
      },
    ],
    test: { file: 'packages/sink-iceberg/src/commit/decide.test.ts', title: 'our batch, our commit' },
  },
  {
    name: 'a higher marker counts as done',
    edits: [
      { file: DECIDE, from: "return 'table-ahead';", to: "return 'committed';" },
      { file: 'packages/core/src/run/check-evidence.ts', from: 'if (facts.proven > committed &&', to: 'if (false &&' },
    ],
    test: {
      file: 'packages/sink-iceberg/test/conformance.test.ts',
      title: 'prepare: stops when the table is ahead of the intent',
    },
  },
  {
    name: '503 counts as a refusal',
    edits: [
      {
        file: 'packages/sink-iceberg/src/commit/send.ts',
        from: "return { kind: 'unknown', error: outcome.error };",
        to: "return { kind: outcome.error.message.includes('503') ? 'refused' : 'unknown', error: outcome.error };",
      },
    ],
    test: {
      file: 'packages/sink-iceberg/src/commit/send.test.ts',
      title: 'is unknown when the catalog answers with 503 Service Unavailable',
    },
  },
  {
    name: 'files are deleted when the outcome is unknown',
    edits: [
      {
        file: COMMIT_BATCH,
        from: 'await retry.wait(outcome.kind, events);',
        to: `if (outcome.kind === 'unknown') await sink.abandon(JSON.parse(JSON.stringify(answered).replaceAll('"unknown"', '"refused"')), output);
    await retry.wait(outcome.kind, events);`,
      },
    ],
    test: {
      file: 'test/engine/lost-answers.test.ts',
      title: 'whose answer is lost-before when time is up is settled by the next run',
    },
  },
  {
    name: 'COMMITTING is written after sending',
    edits: [
      { file: COMMIT_BATCH, from: '    if (!(await journal.advanceIntent(attempted))) continue;\n', to: '' },
      {
        file: COMMIT_BATCH,
        from: 'const outcome = await sink.send(prepared.request);',
        to: 'const outcome = await sink.send(prepared.request);\n    if (!(await journal.advanceIntent(attempted))) continue;',
      },
    ],
    test: { file: 'test/engine/order-of-writes.test.ts', title: 'is journaled when its request arrives' },
  },
  {
    name: 'the writer id is left out of file names',
    edits: [
      {
        file: 'packages/sink-iceberg/src/writer-configuration.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        from: '-${intent.commitId}-${intent.writerId}`',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        to: '-${intent.commitId}`',
      },
    ],
    test: {
      file: 'packages/sink-iceberg/test/conformance.test.ts',
      title: 'writer: two workers that stage the same batch never write to one file',
    },
  },
  {
    name: 'evidence is searched on the first base',
    edits: [
      {
        file: 'packages/sink-iceberg/src/commit/prepare.ts',
        from: 'const judgement = judgeTable(loaded,',
        to: `const bases = ((ports.manifests as any).bases ??= new Map());
  if (!bases.has(intent.commitId + name)) bases.set(intent.commitId + name, loaded);
  const judgement = judgeTable(bases.get(intent.commitId + name),`,
      },
    ],
    test: {
      file: 'packages/sink-iceberg/test/conformance.test.ts',
      title: 'prepare: looks at the table anew each time, and finds what another session has sent since',
    },
  },
  {
    name: 'the generation is ignored',
    edits: [
      {
        file: 'packages/core/src/plan/verify-plan.ts',
        from: 'generation !== precondition.generation &&\n',
        to: 'false &&\n',
      },
    ],
    test: { file: 'test/engine/reset-ledger.test.ts', title: 'a plan made on an used ledger is stale afterwards' },
  },
  {
    name: 'a lease without fence',
    edits: [
      {
        file: 'packages/core/src/run/journal.ts',
        from: 'const answer = await this.#store[method](this.key, expected, head, units, ...(fence === null ? [] : [fence]));',
        to: `const last = fence === null ? this.#current : await this.#store.read(this.key);
      const answer = await this.#store[method](this.key, last === 'absent' ? last : last.version, head, units);`,
      },
    ],
    test: {
      file: 'test/engine/lease.test.ts',
      title: 'and wakes up in the middle of the work of the other takes nothing from it',
    },
  },
  {
    name: 'two tables are committed in two intents',
    edits: [
      {
        file: COMMIT_BATCH,
        from: 'await journal.advanceIntent(committedIntent(answered, output, outcome.snapshot));',
        to: `const done = committedIntent(answered, output, outcome.snapshot);
      if (nextOutput(done) === undefined || journal.current === 'absent') await journal.advanceIntent(done);
      else if (await journal.advance(finishedHead(journal.current.head, done), done.records)) await journal.advanceIntent(done);`,
      },
    ],
    test: {
      file: 'test/engine/order-of-writes.test.ts',
      title: 'of two tables has not loaded its files before both are committed',
    },
  },
];

/** In the environment of a process: the fault to plant. */
export const FAULT_VARIABLE = 'CALVE_SEEDED_FAULT';

/** @throws {TypeError} There is none of this name. */
export function faultNamed(name: string): SeededFault {
  const fault = SEEDED_FAULTS.find((one) => one.name === name);
  if (!fault)
    throw new TypeError(
      `There is no seeded fault "${name}"; there is ${SEEDED_FAULTS.map((one) => `"${one.name}"`).join(', ')}.`,
    );
  return fault;
}
