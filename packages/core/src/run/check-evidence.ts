import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import type { Connections } from './connections.ts';

/**
 * Compares the state with what the table itself proves, before anything is planned: a state from an old backup, or a table that was
 * deleted or rolled back, must not lead to duplicates or gaps.
 *
 * @throws {CalveError} `CHECKPOINT_BEHIND`, `MARKER_BEHIND` or `MARKER_CONFLICT`, recovery `decide`.
 */
export async function assertEvidenceFits(
  key: LedgerKey,
  head: VersionedHead | 'absent',
  spec: IngestionSpec,
  connections: Connections,
  tables: Readonly<Record<string, TableState | 'absent'>>,
): Promise<void> {
  const main = spec.outputs[0] as OutputSpec;
  if (head !== 'absent' && head.head.intent) return;
  const committed = head === 'absent' ? 0 : (head.head.committed[main.name] ?? 0);
  const sink = await connections.sink(main.sink);
  const { name } = sink.describe(main.options);
  const evidence = tables[main.name] === 'absent' ? null : await sink.evidence(main.options, key);
  const proven = evidence?.sequence ?? 0;
  const context = { table: name, ledger: committed, table_evidence: proven };
  if (proven > committed) {
    const lost = head === 'absent' || committed === 0;
    throw new CalveError(
      'CHECKPOINT_BEHIND',
      lost
        ? `Table ${name} proves ${proven} commits of ingestion "${key.ingestion}", but the state knows none: the state file is missing or another one is in use. Point \`state\` to the file that belongs to this table; loading now would load files twice.`
        : `Table ${name} proves ${proven} commits of ingestion "${key.ingestion}", but the state knows only ${committed}: it is an old copy. Restore the newest state; loading now would load files twice.`,
      { recovery: { kind: 'decide', choices: ['restore the state', 'use another ingestion id or table'] }, context },
    );
  }
  if (proven < committed) {
    throw new CalveError(
      'MARKER_BEHIND',
      `The state says that ${committed} commits of ingestion "${key.ingestion}" are in table ${name}, but the table ${tables[main.name] === 'absent' ? 'does not exist' : `proves ${proven}`}: it was deleted, rolled back or restored. Nothing is loaded until somebody decides.`,
      {
        recovery: { kind: 'decide', choices: ['restore the table', 'use a new ingestion id to load everything again'] },
        context,
      },
    );
  }
  if (evidence && head !== 'absent' && head.head.commitId !== null && evidence.commitId !== head.head.commitId) {
    throw new CalveError(
      'MARKER_CONFLICT',
      `Table ${name} carries another history of ingestion "${key.ingestion}" than the state: two states write to one table under one id.`,
      {
        recovery: { kind: 'decide', choices: ['use the state that belongs to this table', 'use another ingestion id'] },
        context,
      },
    );
  }
}
