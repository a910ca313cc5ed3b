import { defineConfig } from 'tsup';
import { boundImports } from '../../tools/bound-imports.ts';
import { eagerFunctions } from '../../tools/eager-functions.ts';
import { fewChunks } from '../../tools/few-chunks.ts';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    plugin: 'src/plugin.ts',
    node: 'src/run/node/index.ts',
    'node-environment': 'src/run/node/node-environment.ts',
    browser: 'src/env/browser.ts',
    'browser-environment': 'src/env/browser-environment.ts',
    'missing-environment': 'src/env/missing-environment.ts',
    // Runs in a process of its own; found by its name beside the others.
    'decode-process': 'src/run/node/isolation/child/decode-process.ts',
    // Runs in a thread of its own, found in the same way.
    'segment-thread': 'src/run/node/workers/segment-thread.ts',
  },
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
  external: ['#default-environment'],
  plugins: [
    boundImports(),
    // Not on the way of most loads: schemas as JSON Schema, ledgers as a whole, what did not land, what explains, patterns, files in memory.
    eagerFunctions(
      new RegExp(
        [
          'json-schema|/locales/|/v4/(?:core|classic)/errors',
          'src/(?:audit|bundle|findings|ledger|projection/patterns|replay|run/replay|schema/nested|run/node/isolation|storage)/',
          '/(?:column-builder|describe-zod-issue|detect-format|explain-[a-z]+|gzip|memory-(?:files|reader|session|source)|rejected-rows)\\.ts$',
          '/(?:terminal-progress|transform-column)\\.ts$',
        ].join('|'),
      ),
    ),
  ],
  esbuildPlugins: [
    fewChunks({
      first: ['src/plugin.ts'],
      before: {
        // Small, and part of several of the following.
        'src/plugin.ts': [
          'src/run/calve-configuration.ts',
          'src/run/project-batch.ts',
          'src/run/ledger-lease.ts',
          'src/run/segments/project-unit.ts',
          'src/run/segments/write-failure.ts',
          'src/run/segments/decode-request.ts',
          'src/env/abortable-sleep.ts',
          'src/source/decompressing-reader.ts',
          'src/source/damaged-stream.ts',
        ],
        'src/run/plan-ingestion.ts': ['src/index.ts', 'src/plan/assert-modes-named.ts'],
        'src/schema/table-schema.ts': ['src/run/plan-ingestion.ts'],
        'src/schema/nested/nested-schema.ts': ['src/run/plan-ingestion.ts'],
        'src/plan/assert-modes-named.ts': ['src/run/plan-ingestion.ts'],
        'src/run/preview-ingestion.ts': ['src/run/plan-ingestion.ts'],
        'src/run/read-table.ts': ['src/run/plan-ingestion.ts'],
        'src/run/run-ingestion.ts': ['src/run/plan-ingestion.ts', 'src/plan/assert-modes-named.ts'],
        'src/run/evidence-mismatch.ts': ['src/run/run-ingestion.ts'],
        'src/run/segments/share-units.ts': ['src/run/run-ingestion.ts'],
        'src/run/segments/gathered-units.ts': ['src/run/run-ingestion.ts'],
        'src/run/operate-ledger.ts': ['src/run/run-ingestion.ts'],
        // A thread with little memory loads one half of it.
        'src/run/node/isolation/child/decode-process.ts': [],
        'src/run/node/isolation/child/watch-process.ts': [],
      },
    }),
  ],
  // Of zod a tenth is used, and of what loading it takes less: see `option-language.ts`.
  noExternal: ['zod', 'eventemitter3'],
});
