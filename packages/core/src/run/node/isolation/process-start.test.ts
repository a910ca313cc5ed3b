import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../../../errors/calve-error.ts';
import { decodeProcessEntry, decodeProcessFlags, decodeProcessVariables } from './process-start.ts';

describe('a decode process', () => {
  it('finds modules as its host does, and takes over nothing else', () => {
    const host = [
      '--inspect=9229',
      '--import',
      './agent.mjs',
      '-C',
      'calve-source',
      '--conditions=other',
      '--experimental-transform-types',
    ];
    expect(decodeProcessFlags(host, '--require ./agent.cjs --conditions=calve-source', 300 << 20)).toEqual([
      '--conditions=calve-source',
      '--conditions=other',
      '--experimental-transform-types',
      '--max-old-space-size=300',
    ]);
    expect(decodeProcessFlags([], undefined, 128 << 20)).toEqual(['--max-old-space-size=128']);
  });

  it('gets no variable that could hold a secret or load something', () => {
    const variables = {
      PATH: '/bin',
      HOME: '/home',
      AWS_SECRET_ACCESS_KEY: 'hush',
      NODE_OPTIONS: '--inspect',
      TZ: 'Europe/Paris',
    };
    expect(decodeProcessVariables(variables)).toEqual({ TZ: 'Europe/Paris' });
  });

  it.each([undefined, 'https://example.org/bundle.js', pathToFileURL('/nowhere/bundle.js').href])(
    'that a bundler left behind (%s) is missed in plain words',
    (moduleUrl) => {
      const find = (): unknown => {
        try {
          return decodeProcessEntry(moduleUrl);
        } catch (error) {
          return error;
        }
      };
      const error = find();
      expect(CalveError.is(error) && [error.code, error.recovery.kind]).toEqual(['CONFIGURATION_INVALID', 'fix-input']);
      expect((error as CalveError).message).toMatch(/external.*isolation: 'inline'/);
    },
  );
});
