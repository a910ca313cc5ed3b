import { CalveError, type FormatPlugin } from '@calve/core/plugin';

/** A format whose options the compiler does not know. */
export type AnyFormat = FormatPlugin<unknown, Readonly<Record<string, unknown>>>;

const PACKAGE = '@calve/format-csv';

/**
 * The formats of a test that names none: `csv`, from a package that testkit does not bring along.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): it is not installed; how to install it.
 */
export async function loadDefaultFormats(
  load: (name: string) => Promise<unknown> = (name) => import(/* @vite-ignore */ name),
): Promise<{ csv: AnyFormat }> {
  let loaded: { csvFormat: () => AnyFormat };
  try {
    loaded = (await load(PACKAGE)) as typeof loaded;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `createTestCalve() reads CSV with ${PACKAGE}, which is not installed. Install it (npm install --save-dev ${PACKAGE}), or name the formats: createTestCalve({ formats: { … } }).`,
      { recovery: 'fix-input', context: { package: PACKAGE }, cause: error },
    );
  }
  return { csv: loaded.csvFormat() };
}

/** The package itself, not something that it fails to import. */
function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && typeof message === 'string' && message.includes(`'${PACKAGE}'`);
}
