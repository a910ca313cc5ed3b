import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/calve.ts', 'src/index.ts'],
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
});
