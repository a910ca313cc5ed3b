import { defineConfig } from 'tsup';
import { boundImports } from '../../tools/bound-imports.ts';
import { eagerFunctions } from '../../tools/eager-functions.ts';
import { fewChunks } from '../../tools/few-chunks.ts';

export default defineConfig({
  entry: ['src/index.ts', 'src/json-decoder.ts'],
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
  plugins: [boundImports(), eagerFunctions()],
  esbuildPlugins: [fewChunks({ first: ['src/index.ts'] })],
});
