import { CalveError } from '../errors/calve-error.ts';

/**
 * The `module` of a `Portable`: the URL of a module that stands beside the caller's, in the sources as in the built package. To be called from
 * a getter, since it fails in a bundle and most hosts never ask:
 *
 * ```ts
 * get module() {
 *   return moduleBeside(import.meta.url, './csv-decoder');
 * }
 * ```
 *
 * @param here The caller's `import.meta.url`. A bundle in CommonJS form has none.
 * @param path Relative to `here`, without its ending, which is that of `here`: `.ts` or `.js`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): there is no `here`, so there is nothing beside it.
 */
export function moduleBeside(here: string | undefined, path: string): string {
  if (here === undefined) throw moduleNotFound(path);
  return new URL(`${path}.${here.endsWith('.ts') ? 'ts' : 'js'}`, here).href;
}

/** Part of a plugin cannot be loaded on its own, most likely because it was bundled together with the rest. */
export function moduleNotFound(module: string, cause?: unknown): CalveError {
  return new CalveError(
    'CONFIGURATION_INVALID',
    `The part of a plugin that works in another thread or process cannot be loaded: "${module}" is not there. ` +
      "A bundle leaves such files out: keep the @calve packages out of it (esbuild: --external:'@calve/*'), or work in one process " +
      "(isolation: 'inline').",
    { recovery: 'fix-input', context: { module }, ...(cause === undefined ? {} : { cause }) },
  );
}
