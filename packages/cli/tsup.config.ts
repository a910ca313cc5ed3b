import { defineConfig } from 'tsup';
import { eagerFunctions } from '../../tools/eager-functions.ts';
import { fewChunks } from '../../tools/few-chunks.ts';

export default defineConfig({
  entry: ['src/calve.ts', 'src/index.ts'],
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  clean: true,
  // As it stands in the sources: what esbuild puts in place of newer syntax would be loaded before the version of Node is asked for.
  target: 'esnext',
  removeNodeProtocol: false,
  plugins: [eagerFunctions()],
  esbuildPlugins: [
    fewChunks({
      // What commands have in common; the help needs nothing of it but `main`.
      first: [
        'src/main.ts',
        'src/commands/follow-run.ts',
        'src/commands/output-file.ts',
        'src/commands/read-plan.ts',
        'src/commands/set-aside-in-plan.ts',
        'src/commands/stored-table.ts',
        'src/render/ledger-lines.ts',
        'src/render/plan-words.ts',
        'src/render/row-table.ts',
      ],
      before: { 'src/calve.ts': [], 'src/start.ts': [], 'src/index.ts': [] },
    }),
  ],
});
