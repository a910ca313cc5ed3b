import type { ReaderPlan } from '@calve/core/plugin';
import { inProcessOnly } from '@calve/core/plugin';
import type { Refusals } from '../refusal.ts';
import { readDelimited } from './read-delimited.ts';
import { readJsonLines } from './read-json-lines.ts';
import type { SparkReader } from './spark-reader.ts';

/** What `reader` does, as Spark does it; null when it cannot. Every reason is added to `refusals`. */
export function printReader(id: string, plan: ReaderPlan, refusals: Refusals): SparkReader | null {
  const refuse = (reason: string): null => {
    refusals.add('SPARK_READER_UNSUPPORTED', `Reader ${id}: ${reason}`);
    return null;
  };
  const reason = inProcessOnly(plan);
  if (reason !== null) return refuse(reason);
  switch (plan.kind) {
    case 'delimited':
      return readDelimited(plan, refuse);
    case 'json':
      return readJsonLines(plan, refuse);
    default:
      return refuse(`Files read as "${plan.kind}" are not printed yet; delimited text and JSON Lines are.`);
  }
}
