import { describe, expect, it } from 'vitest';
import { quotaLimits } from './memory-quota-limits.ts';

describe('the memory options of a host', () => {
  it('are 256 MiB and all of it for each tenant where nothing is said', () => {
    expect(quotaLimits({})).toEqual({ memoryBytes: 256 << 20, tenantMemoryBytes: 256 << 20 });
    expect(quotaLimits({ memoryBytes: 10 })).toEqual({ memoryBytes: 10, tenantMemoryBytes: 10 });
    expect(quotaLimits({ memoryBytes: 10, tenantMemoryBytes: 4 })).toEqual({ memoryBytes: 10, tenantMemoryBytes: 4 });
  });

  it.each<[Parameters<typeof quotaLimits>[0], RegExp]>([
    [{ memoryBytes: 0 }, /^memoryBytes has to be/],
    [{ memoryBytes: -1 }, /not -1/],
    [{ memoryBytes: Number.NaN }, /not NaN/],
    [{ memoryBytes: Number.POSITIVE_INFINITY }, /not Infinity/],
    [{ memoryBytes: '64' as unknown as number }, /^memoryBytes has to be/],
    [{ tenantMemoryBytes: 0 }, /^tenantMemoryBytes has to be/],
    [{ memoryBytes: 10, tenantMemoryBytes: 11 }, /tenantMemoryBytes \(11\) cannot be above memoryBytes \(10\)/],
    [{ tenantMemoryBytes: 2 ** 30 }, /cannot be above memoryBytes/],
  ])('refuse %o', (given, words) => {
    expect(() => quotaLimits(given)).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        recovery: { kind: 'fix-input' },
        message: expect.stringMatching(words),
      }),
    );
  });
});
