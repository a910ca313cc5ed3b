import { CalveError } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import type { Catalog, CatalogOutcome } from '../catalog/catalog.ts';
import { writeRequest } from './commit-request.ts';
import { sendCommit } from './send.ts';

/** What a session says of a commit that the catalog answered so. */
async function answerTo(outcome: CatalogOutcome, triesProperty = false, refusing = new Set<string>()): Promise<string> {
  const catalog = { commit: async () => outcome } as Partial<Catalog> as Catalog;
  const identifier = { namespace: ['sales'], name: 'orders' };
  const request = writeRequest({ identifier, snapshot: '7', commit: { requirements: [], updates: [] }, triesProperty });
  const answer = await sendCommit(request, { catalog, environment: testContext().environment, refusing });
  return answer.kind === 'refused' && answer.isWorthAnother ? 'refused, worth another' : answer.kind;
}

const failure = (message: string) => new CalveError('ICEBERG_CATALOG_UNAVAILABLE', message, { recovery: 'verify' }).toJSON();

describe('the answer to a commit', () => {
  // Something between us and the catalog says it, and the catalog may have applied the commit all the same.
  it.each(['500 Internal Server Error', '502 Bad Gateway', '503 Service Unavailable', '504 Gateway Timeout'])(
    'is unknown when the catalog answers with %s',
    async (message) => {
      expect(await answerTo({ kind: 'unknown', error: failure(message) })).toBe('unknown');
    },
  );

  it('is a refusal only when the catalog says so', async () => {
    expect(await answerTo({ kind: 'refused', error: failure('403 Forbidden') })).toBe('refused');
    expect(await answerTo({ kind: 'conflict', reason: 'another commit was first' })).toBe('conflict');
  });

  it('is worth another attempt when the refused commit tried out a property, and the next one does without', async () => {
    const refusing = new Set<string>();
    const refused = { kind: 'refused' as const, error: failure('400 Bad Request: reserved property') };
    expect(await answerTo(refused, true, refusing)).toBe('refused, worth another');
    expect([...refusing]).toEqual(['sales.orders']);
    expect(await answerTo({ kind: 'unknown', error: failure('504 Gateway Timeout') }, true)).toBe('unknown');
  });
});
