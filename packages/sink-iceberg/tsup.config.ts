import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/datafile/table-writer.ts', 'src/datafile/part-encoder.ts', 'src/rewrite/rewriting-writer.ts'],
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
});
