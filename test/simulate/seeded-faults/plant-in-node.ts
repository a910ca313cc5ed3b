// Loaded with `--import` by a process that runs histories with a seeded fault, whose name is in the environment: the sources are changed as they are
// loaded.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isPlantedIn, plantedSource } from './seeded-fault.ts';
import { FAULT_VARIABLE, faultNamed } from './seeded-faults.ts';

const fault = faultNamed(process.env[FAULT_VARIABLE] ?? '');

registerHooks({
  load(url, context, nextLoad) {
    if (!isPlantedIn(fault, url)) return nextLoad(url, context);
    const source = plantedSource(fault, url, readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
