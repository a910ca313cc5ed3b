import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { TableEvidence } from '../sink/sink.ts';

/** What the tables of an ingestion prove about its ledger, per output. `null`: nothing, or there is no table. */
export type ProvenOutputs = Readonly<Record<string, TableEvidence | null>>;

/**
 * The head of a ledger that begins with what its tables prove: the next commit has the number after theirs. Pure.
 *
 * @param first Name of the first output, which commits in every batch. It is always there, with 0 where nothing is proven: the generation counts.
 * @param kept What is known from before and holds for the tables as they are: rollbacks that were accepted, which they still show, and how their rows
 *   were written, so that a spec which forgets it is stopped.
 */
export function provenHead(
  generation: string,
  first: string,
  proven: ProvenOutputs,
  { accepted, modes }: Pick<Head, 'accepted' | 'modes'> = {},
): Omit<Head, 'tag'> {
  const committed: Record<string, number> = { [first]: 0 };
  for (const [name, evidence] of Object.entries(proven)) if (evidence) committed[name] = evidence.sequence;
  return {
    generation,
    committed,
    commitId: proven[first]?.commitId ?? null,
    intent: null,
    watermark: null,
    ...(accepted && { accepted }),
    ...(modes && { modes }),
  };
}
