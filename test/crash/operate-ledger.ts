// A process of its own: does one operation on the ledger of the sample folder, and kills itself at a named step when it is told to.
import { parseArgs } from 'node:util';
import { CalveError } from '@calve/core';
import { openSample } from './sample-ingestion.ts';

const { values } = parseArgs({
  options: { folder: { type: 'string' }, operation: { type: 'string' }, 'kill-at': { type: 'string' } },
});
const sample = openSample(values.folder ?? '.', (label) => {
  if (label === values['kill-at']) process.kill(process.pid, 'SIGKILL');
});
await using calve = sample.calve;
const { spec } = sample;

try {
  const operations: Record<string, () => Promise<unknown>> = {
    adopt: () => calve.adopt(spec),
    reset: () => calve.reset(spec, { fromNow: true }),
    'accept-rollback': () => calve.acceptRollback(spec, { reingest: true }),
  };
  const result = await operations[values.operation ?? '']?.();
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(CalveError.is(error) ? JSON.stringify(error) : error);
  process.exitCode = 1;
}
