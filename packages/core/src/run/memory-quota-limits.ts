import { CalveError } from '../errors/calve-error.ts';
import type { QuotaLimits } from './memory-quota.ts';

const DEFAULT_MEMORY_BYTES = 256 * 2 ** 20;

/**
 * The limits that a host sets, with the defaults for what it leaves out: 256 MiB, and all of it for each tenant.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): not a finite number above 0, or more for one tenant than for all.
 */
export function quotaLimits(given: { memoryBytes?: number; tenantMemoryBytes?: number }): QuotaLimits {
  const memoryBytes = given.memoryBytes ?? DEFAULT_MEMORY_BYTES;
  const tenantMemoryBytes = given.tenantMemoryBytes ?? memoryBytes;
  const wrong = Object.entries({ memoryBytes, tenantMemoryBytes }).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0
      ? []
      : [`${name} has to be a finite number of bytes above 0, not ${String(value)}`],
  );
  if (wrong.length === 0 && tenantMemoryBytes > memoryBytes)
    wrong.push(
      `tenantMemoryBytes (${tenantMemoryBytes}) cannot be above memoryBytes (${memoryBytes}), which is what all tenants share`,
    );
  if (wrong.length > 0) throw new CalveError('CONFIGURATION_INVALID', `${wrong.join('; ')}.`, { recovery: 'fix-input' });
  return { memoryBytes, tenantMemoryBytes };
}
