import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    plugin: 'src/plugin.ts',
    node: 'src/run/node/index.ts',
    'node-environment': 'src/run/node/node-environment.ts',
    'missing-environment': 'src/env/missing-environment.ts',
  },
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
  external: ['#default-environment'],
});
