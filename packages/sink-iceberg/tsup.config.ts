import { defineConfig } from 'tsup';
import { eagerFunctions } from '../../tools/eager-functions.ts';
import { fewChunks } from '../../tools/few-chunks.ts';

export default defineConfig({
  entry: ['src/index.ts', 'src/datafile/table-writer.ts', 'src/datafile/part-encoder.ts', 'src/rewrite/rewriting-writer.ts'],
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
  // Rows that change, and reading tables, are not on the way of most loads.
  plugins: [eagerFunctions(/src\/rewrite\//)],
  esbuildPlugins: [
    fewChunks({
      first: ['src/index.ts'],
      before: {
        'src/rewrite/rewriting-writer.ts': ['src/index.ts', 'src/datafile/table-writer.ts'],
        // Loaded in threads, which need nothing of catalogs and commits.
        'src/datafile/part-encoder.ts': [],
        'src/kernels.wasm.ts': [],
      },
    }),
  ],
});
