import { defineConfig } from 'tsup';
import { boundImports } from '../../tools/bound-imports.ts';
import { eagerFunctions } from '../../tools/eager-functions.ts';
import { fewChunks } from '../../tools/few-chunks.ts';

export default defineConfig({
  entry: ['src/index.ts', 'src/datafile/table-writer.ts', 'src/datafile/part-encoder.ts', 'src/rewrite/rewriting-writer.ts'],
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
  // Rows that change, reading tables, schemas that change, nested data and sorted files are not on the way of most loads.
  plugins: [
    boundImports(),
    eagerFunctions(
      /src\/rewrite\/|\/(?:evolve-[a-z-]+|missing-files|nested-[a-z-]+|node-levels|plan-expiry|snappy-[a-z]+|sort-keys)\.ts$/,
    ),
  ],
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
