// Loaded with `--import` before anything else of a process that runs histories. The sink reads and writes local files directly; here the modules
// through which it does so are resolved to those of a history. Nothing that is loaded knows of it, and no global is touched.
import { registerHooks } from 'node:module';

const SINK = '/packages/sink-iceberg/src/';
const STANDS_FOR: Record<string, string> = {
  'node:fs': new URL('./simulated-disk.ts', import.meta.url).href,
  'node:fs/promises': new URL('./simulated-disk.ts', import.meta.url).href,
  './sqlite-file.ts': new URL('./simulated-pointer.ts', import.meta.url).href,
};

registerHooks({
  resolve(specifier, context, nextResolve) {
    const stands = context.parentURL?.includes(SINK) ? STANDS_FOR[specifier] : undefined;
    return nextResolve(stands ?? specifier, context);
  },
});
