import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ObjectSession } from '../source/source.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import { listPages } from './list-pages.ts';

/** Everything that a source offers now. */
export interface SourceSurvey {
  /** In listing order. */
  units: ObjectUnit[];
  /** Files that may still be written, or cannot be read now. */
  unsettled: number;
  /** URIs of those that may still be written. */
  settling: ReadonlySet<string>;
}

/** Lists a source once, and once more after a while when files may still be written. Keeps all units in memory: about 1 kB each. */
export async function surveySource(input: InputSpec, source: ObjectSession, context: CallContext): Promise<SourceSurvey> {
  const first = await surveyOnce(input, source, context);
  if (first.settling.size === 0 || input.settleSeconds === 0) return first;
  await context.environment.sleep(input.settleSeconds * 1000 + 50, context.signal);
  return surveyOnce(input, source, context);
}

async function surveyOnce(input: InputSpec, source: ObjectSession, context: CallContext): Promise<SourceSurvey> {
  const units: ObjectUnit[] = [];
  const settling = new Set<string>();
  let unreadable = 0;
  for await (const page of listPages(input, source, context)) {
    throwIfAborted(context.signal);
    for (const unit of page.units) units.push(unit);
    for (const { kind, uri } of page.skipped) if (kind === 'settling') settling.add(uri);
    unreadable += page.unreadable?.length ?? 0;
  }
  return { units, unsettled: settling.size + unreadable, settling };
}
