import type { ReaderPlan, Splitting } from '@calve/core/plugin';
import { isPlainText } from './open-text.ts';

/**
 * Files whose stored bytes are their text are cut between records: outside of quotes, which those of a doubled quote leave and enter again. An
 * escape of its own hides quotes that only who reads everything can tell.
 */
export function splitCsv(plan: ReaderPlan): Splitting {
  if (plan.kind !== 'delimited') return { kind: 'never' };
  const { quote } = plan;
  const isTold = quote === null || (plan.escape === quote && quote.charCodeAt(0) < 0x80);
  if (!isPlainText(plan) || !isTold) return { kind: 'stream' };
  return { kind: 'records', quote: quote === null ? null : quote.charCodeAt(0) };
}
