import { CalveError, type FormatPlugin } from '@calve/core/plugin';

/** A format whose options the compiler does not know. */
export type AnyFormat = FormatPlugin<unknown, Readonly<Record<string, unknown>>>;

/** The formats of a test that names none. */
export type DefaultFormats = { csv: AnyFormat; json: AnyFormat };

const PACKAGES = { csv: '@calve/format-csv', json: '@calve/format-json' } as const;

/**
 * The formats of a test that names none, from packages that testkit does not bring along. `json` is left out when it is not installed: its files
 * are then in no format that is known.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): `csv` is not installed; how to install it.
 */
export async function loadDefaultFormats(
  load: (name: string) => Promise<unknown> = (name) => import(/* @vite-ignore */ name),
): Promise<DefaultFormats> {
  const csv = await loaded(PACKAGES.csv, load);
  if (csv === null) {
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `createTestCalve() reads CSV with ${PACKAGES.csv}, which is not installed. Install it (npm install --save-dev ${PACKAGES.csv}), or name the formats: createTestCalve({ formats: { … } }).`,
      { recovery: 'fix-input', context: { package: PACKAGES.csv } },
    );
  }
  const json = await loaded(PACKAGES.json, load);
  const formats = { csv: (csv as { csvFormat: () => AnyFormat }).csvFormat() };
  return (
    json === null ? formats : { ...formats, json: (json as { jsonFormat: () => AnyFormat }).jsonFormat() }
  ) as DefaultFormats;
}

/** The package, or `null` when it is not installed: it itself, not something that it fails to import. */
async function loaded(name: string, load: (name: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await load(name);
  } catch (error) {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' && typeof message === 'string' && message.includes(`'${name}'`)) return null;
    throw error;
  }
}
