import { DEFAULT_LIMITS } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { parseLimits } from './parse-limits.ts';

describe('parseLimits', () => {
  it('tells limits of a file from those of a commit', () => {
    expect(parseLimits('recordBytes=64MiB, columns=20000,maxRejectedRatio=0.05,maxRejectedRows=0,contentBytes=1.5GiB')).toEqual({
      file: { recordBytes: 64 * 2 ** 20, columns: 20_000, contentBytes: 1.5 * 2 ** 30 },
      spec: { maxRejectedRatio: 0.05, maxRejectedRows: 0 },
    });
  });

  it('knows every limit that a message may name', () => {
    const names = Object.keys(DEFAULT_LIMITS);
    expect(names.length).toBeGreaterThan(5);
    expect(Object.keys(parseLimits(names.map((name) => `${name}=7`).join(',')).file)).toEqual(names);
  });

  it.each([
    ['recordByte=5', 'Did you mean recordBytes?'],
    ['recordBytes', 'is not <limit>=<number>'],
    ['recordBytes=', 'is not <limit>=<number>'],
    ['', 'is not <limit>=<number>'],
    ['recordBytes=-1', 'a whole number above 0, such as 64MiB'],
    ['recordBytes=0', 'a whole number above 0'],
    ['recordBytes=1e3', 'a whole number above 0'],
    ['columns=5MiB', 'this is no number of bytes'],
    ['columns=5,columns=6', '--limits sets columns twice.'],
    ['maxRejectedRatio=2', 'a number from 0 to 1'],
  ])('refuses %s', (text, message) => {
    expect(() => parseLimits(text)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
