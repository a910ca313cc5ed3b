// The tests that seeded faults are noticed by: once as the code is, then once for each fault with the fault in it. Run by run-named-tests.ts.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { plantInVitest } from './plant-in-vitest.ts';
import type { SeededFault } from './seeded-fault.ts';
import { SEEDED_FAULTS } from './seeded-faults.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const conditions = ['calve-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  test: {
    projects: [
      project(
        'as it is',
        SEEDED_FAULTS.map(({ test }) => test.file),
      ),
      ...SEEDED_FAULTS.map((fault) => project(fault.name, [fault.test.file], fault)),
    ],
    maxWorkers: 2,
  },
});

function project(name: string, files: readonly string[], fault?: SeededFault) {
  return {
    root,
    plugins: fault ? [plantInVitest(fault)] : [],
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      name,
      include: [...new Set(files)],
      setupFiles: ['test/poison-released-memory.ts'],
      pool: 'threads' as const,
      testTimeout: 120_000,
      execArgv: ['--conditions=calve-source'],
    },
  };
}
