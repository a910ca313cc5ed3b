import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'memory-rewriting-writer': 'src/doubles/memory-rewriting-writer.ts',
    'memory-table-writer': 'src/doubles/memory-table-writer.ts',
    torture: 'src/torture/index.ts',
  },
  format: 'esm',
  dts: true,
  clean: true,
  target: 'node24',
  removeNodeProtocol: false,
});
