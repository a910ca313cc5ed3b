// A process of its own: plans or applies one ingestion of a folder, and kills itself at a named step when it is told to. It can also append the
// name of each step that it reaches to a file.
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CalveError, type IngestionPlan, type IngestionSpec } from '@calve/core';
import { poisonReleasedMemory } from '@calve/core/plugin';
import { openSample, type SampleWrite } from './sample-ingestion.ts';
import { sendAgain } from './send-again.ts';

poisonReleasedMemory(true);
const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    'kill-at': { type: 'string' },
    'plan-to': { type: 'string' },
    'apply-from': { type: 'string' },
    'steps-to': { type: 'string' },
    'files-per-commit': { type: 'string' },
    write: { type: 'string' },
  },
});
const [killAt, occurrence = '1'] = (values['kill-at'] ?? '').split('#');
const steps = values['steps-to'] === undefined ? null : openSync(values['steps-to'], 'a');
let passed = 0;
const sample = openSample(
  values.folder ?? '.',
  (label) => {
    if (steps !== null) writeSync(steps, `${label}\n`);
    if (label === killAt) passed += 1;
    if (label === killAt && passed === Number(occurrence)) process.kill(process.pid, 'SIGKILL');
  },
  values.write as SampleWrite | undefined,
);
if (values.write !== undefined) sendAgain(values.folder ?? '.');
await using calve = sample.calve;
const { limits } = sample.spec;
const maxUnitsPerBatch = Number(values['files-per-commit'] ?? limits.maxUnitsPerBatch);
const spec: IngestionSpec = { ...sample.spec, limits: { ...limits, maxUnitsPerBatch } };

try {
  if (values['plan-to']) {
    writeFileSync(values['plan-to'], JSON.stringify(await calve.plan(spec)));
  } else if (values['apply-from']) {
    const plan = JSON.parse(readFileSync(values['apply-from'], 'utf8')) as IngestionPlan;
    console.log(JSON.stringify(await calve.apply(plan)));
  } else {
    console.log(JSON.stringify(await calve.run(spec)));
  }
} catch (error) {
  console.error(CalveError.is(error) ? JSON.stringify(error) : error);
  process.exitCode = 1;
}
