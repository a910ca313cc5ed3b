import { CalveError } from '../errors/calve-error.ts';

/** Versions of each contract that this core speaks. The one place where other versions would be met. */
const ACCEPTED: Record<string, readonly string[]> = { sources: ['source/1'], formats: ['format/1'], sinks: ['sink/1'] };

/**
 * @throws {CalveError} `CONTRACT_UNSUPPORTED` (fix-input): a plugin speaks another version, or is none. `CONFIGURATION_INVALID`
 *   (fix-input): a key cannot be used in a spec.
 */
export function assertContractVersions(
  registry: Readonly<Record<string, Readonly<Record<string, { contract?: string }>>>>,
): void {
  for (const [kind, plugins] of Object.entries(registry)) {
    const accepted = ACCEPTED[kind] ?? [];
    for (const [name, plugin] of Object.entries(plugins)) {
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
        throw new CalveError(
          'CONFIGURATION_INVALID',
          `"${name}" cannot be a key of ${kind}: use 1-64 letters, digits, "_" or "-".`,
          { recovery: 'fix-input' },
        );
      }
      if (accepted.includes(plugin?.contract ?? '')) continue;
      throw new CalveError(
        'CONTRACT_UNSUPPORTED',
        `${kind}.${name} speaks contract "${plugin?.contract ?? 'none'}"; this version of @calve/core speaks ${accepted.join(', ')}.`,
        {
          recovery: 'fix-input',
          context: { kind, name, accepted: [...accepted] },
        },
      );
    }
  }
}
