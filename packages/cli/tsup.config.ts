import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/calve.ts', 'src/index.ts'],
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  clean: true,
  // As it stands in the sources: what esbuild puts in place of newer syntax would be loaded before the version of Node is asked for.
  target: 'esnext',
  removeNodeProtocol: false,
});
