// Writes checksums.json: what the generators make, for the scales at which results are kept. `./dev node bench/data/make-checksums.ts`, some minutes.
// Run it only when a generator was changed on purpose: results before and after are then of other files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workloads } from '../workloads/workloads.ts';
import { contentChecksum, datasetKey } from './dataset.ts';

const scales = [0.001, 0.01, 0.1, 1];
const plans = scales.flatMap((scale) =>
  workloads(scale).flatMap(({ landing, changes }) => [landing, ...(changes ? [changes] : [])]),
);
const checksums: Record<string, string> = {};
for (const plan of new Map(plans.map((each) => [datasetKey(each), each])).values()) {
  checksums[datasetKey(plan)] = contentChecksum(plan);
  process.stdout.write(`${datasetKey(plan)} ${checksums[datasetKey(plan)]}\n`);
}
const sorted = Object.fromEntries(Object.entries(checksums).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(import.meta.dirname, 'checksums.json'), `${JSON.stringify(sorted, null, 2)}\n`);
