import { defineConfig } from 'tsup';

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
  // Of zod a tenth is used, and of what loading it takes less: see `option-language.ts`.
  noExternal: ['zod', 'eventemitter3'],
});
