import { memorySource } from '@calve/core';
import { errorData, type ObjectSession } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { type SessionChanges, wrapSessions } from '../src/faults/wrap-session.ts';
import { sourceConformance } from '../src/index.ts';

/** What a source in memory cannot do, whatever is wrong with it. */
const beyondMemory = [
  'connect: a place that does not exist is SOURCE_NOT_FOUND',
  'a broken storage: listing throws instead of ending early',
  'list: an object that cannot be looked at is unreadable with its error, and the others go on',
  'list: objects modified after settledBefore are skipped as settling',
];

/** Names of the cases that a source fails, each session of which does something otherwise. */
async function failedCases(change: (session: ObjectSession) => SessionChanges, secrets = {}): Promise<string[]> {
  const cases: [string, () => Promise<void>][] = [];
  sourceConformance((name, run) => cases.push([name, run]), {
    start: async () => {
      const files: Record<string, File> = {};
      return {
        source: wrapSessions(memorySource(files), change),
        options: (choice) => choice,
        put: async (name, content, lastModified = Date.UTC(2024, 0, 1)) => {
          files[name] = new File([new Uint8Array(content)], name, { lastModified });
        },
        remove: async (name) => {
          delete files[name];
        },
        secrets,
      };
    },
  });
  const failed: string[] = [];
  for (const [name, run] of cases) await run().catch(() => failed.push(name));
  return failed.filter((name) => !beyondMemory.includes(name));
}

describe('sourceConformance', () => {
  it('finds nothing wrong with a source that keeps the contract', async () => {
    expect(await failedCases(() => ({}))).toEqual([]);
  });

  it('finds a listing that takes an abort for its end', async () => {
    const failed = await failedCases((session) => ({
      async *list(request) {
        for await (const page of session.list({ ...request, signal: new AbortController().signal })) {
          if (request.signal.aborted) return;
          yield page;
        }
      },
    }));
    expect(failed).toContain('list: throws CANCELLED when the signal is aborted, also between two pages');
  });

  it('finds an order that is not that of places', async () => {
    const failed = await failedCases((session) => ({
      async *list(request) {
        for await (const page of session.list(request)) yield { ...page, units: page.units.toReversed() };
      },
    }));
    expect(failed).toContain('list: ordered by place, in code unit order');
  });

  it('finds a cursor that begins anew', async () => {
    const failed = await failedCases((session) => ({
      list: ({ cursor: _cursor, ...request }) => session.list(request),
    }));
    expect(failed).toEqual(['list: comes in pages, and a cursor resumes after its page']);
  });

  it('finds a reader that is short in the middle', async () => {
    const failed = await failedCases((session) => ({
      open: async (unit, context) => {
        const reader = await session.open(unit, context);
        return { ...reader, read: (target, offset) => reader.read(target.subarray(0, 1000), offset) };
      },
    }));
    expect(failed).toContain('open: gives the bytes at any offset, short only at the end');
  });

  it('finds a source that reads whatever a plan names', async () => {
    const failed = await failedCases((session) => {
      let known: Parameters<ObjectSession['open']>[0] | undefined;
      return {
        async *list(request) {
          for await (const page of session.list(request)) {
            known = page.units[0] ?? known;
            yield page;
          }
        },
        open: (unit, context) =>
          session.open(unit, context).catch((error: unknown) => {
            if (known && unit.place !== known.place) return session.open(known, context);
            throw error;
          }),
      };
    });
    expect(failed).toContain('open: a unit of another place is refused');
  });

  it('finds memory that is not given back, and reports that cannot be passed on', async () => {
    const leaking = await failedCases((session) => ({
      open: async (unit, context) => {
        await context.reserve(10);
        return session.open(unit, context);
      },
    }));
    expect(leaking).toContain('open: an empty object has no bytes');
    const reporting = await failedCases((session) => ({
      open: async (unit, context) => {
        context.report({ code: 'X', severity: 'info', message: '', evidence: undefined as never });
        return session.open(unit, context);
      },
    }));
    expect(reporting).toContain('open: an empty object has no bytes');
  });

  it('finds a secret in an error', async () => {
    const failed = await failedCases(
      (session) => ({
        open: (unit, context) =>
          session.open(unit, context).catch((error: unknown) => {
            throw { ...errorData(error), message: 'GET https://user:swordfish@store.invalid failed' };
          }),
      }),
      { password: 'swordfish' },
    );
    expect(failed).toEqual(['secrets: are asked for by name, and appear in nothing that is stored or shown']);
  });
});
