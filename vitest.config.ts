import { defineConfig } from 'vitest/config';

// Tests run on the sources: every package exports its TypeScript under the condition `calve-source`.
const conditions = ['calve-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: ['test/temporary-folder.ts', 'test/compiled-code.ts', 'test/readers/shared-spark.ts'],
    // Whoever reads a batch after its release reads 0xAA, in every test.
    setupFiles: ['test/poison-released-memory.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only a hang should meet it: what takes seconds here takes minutes on a slow machine with other work.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    execArgv: ['--conditions=calve-source'],
    // In the order of their names: the short ones come last, so that no lane waits for a long one at the end.
    projects: [
      {
        extends: true,
        test: {
          name: 'programs',
          include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'units',
          include: ['packages/*/src/**/*.test.ts'],
          // Loading a package takes longer than most of these files; each lane loads it once. So they leave the process as they found it.
          isolate: false,
        },
      },
    ],
  },
});
