import { defineConfig } from 'vitest/config';

// Tests run on the sources: every package exports its TypeScript under the condition `calve-source`.
const conditions = ['calve-source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/temporary-folder.ts'],
    // Whoever reads a batch after its release reads 0xAA, in every test.
    setupFiles: ['test/poison-released-memory.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Only a hang should meet it: Spark needs half a minute on a busy machine with two cores.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    execArgv: ['--conditions=calve-source'],
  },
});
