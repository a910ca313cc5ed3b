import type { ReaderPlan, Splitting } from '@calve/core/plugin';

/** Every line feed of a file with one record per line ends a record; a document, or values that follow one another, are one piece. */
export function splitJson(plan: ReaderPlan): Splitting {
  if (plan.kind !== 'json') return { kind: 'never' };
  if (plan.framing !== 'lines' || plan.compression !== null) return { kind: 'stream' };
  return { kind: 'records', quote: null };
}
