import { describe, expect, it } from 'vitest';
import type { CallContext } from '../context/call-context.ts';
import { DEFAULT_LIMITS } from '../context/input-limits.ts';
import { Redactor } from '../errors/redactor.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ObjectUnit } from './input-unit.ts';
import { limitedSource } from './limited-source.ts';
import type { ListPage, ObjectSession } from './source.ts';

const limits = { ...DEFAULT_LIMITS, contentBytes: 10 };

function unitOf(uri: string, sizeBytes = 3): ObjectUnit {
  const place = `place of ${uri}`;
  return { kind: 'object', key: uri, place, fingerprint: '', uri, version: '1', sizeBytes, modifiedAt: '' };
}

/** A source of one file, which is as large as it turns out to be when it is read. */
function sourceOf(page: ListPage, readerBytes = 3, knownBytes = readerBytes) {
  const seen = { opened: 0, closed: 0 };
  const reader: ByteReader = {
    sizeBytes: knownBytes,
    read: (target, offset) => Math.min(target.length, Math.max(0, readerBytes - offset)),
    verify: async () => {},
    close: async () => {
      seen.closed += 1;
    },
  };
  const session: ObjectSession = {
    kind: 'objects',
    async *list() {
      yield page;
    },
    async open() {
      seen.opened += 1;
      return reader;
    },
    check: async () => [],
    externalAccess: () => ({ kind: 'none', reason: 'a test' }),
    close: async () => {},
  };
  return { session: limitedSource(session, limits, new Redactor()), seen };
}

const context = {} as CallContext;
const signal = new AbortController().signal;

describe('a file that is larger than allowed', () => {
  it('is not opened when the listing tells', async () => {
    const { session, seen } = sourceOf({ units: [], skipped: [] });
    await expect(session.open(unitOf('file:///a.csv', 11), context)).rejects.toMatchObject({
      code: 'LIMIT_FILE',
      message: expect.stringContaining('file:///a.csv has 11 bytes or more; a file may have 10 bytes'),
      context: { limit: 'contentBytes', allowed: 10, uri: 'file:///a.csv' },
    });
    expect(seen.opened).toBe(0);
    expect((await session.open(unitOf('file:///a.csv', 10), context)).sizeBytes).toBe(3);
  });

  it('is closed when it turns out to be so, or refused where the limit is reached', async () => {
    const known = sourceOf({ units: [], skipped: [] }, 11);
    await expect(known.session.open(unitOf('file:///a.csv'), context)).rejects.toMatchObject({ code: 'LIMIT_FILE' });
    expect(known.seen).toEqual({ opened: 1, closed: 1 });
    const unknown = sourceOf({ units: [], skipped: [] }, 11, -1);
    const reader = await unknown.session.open(unitOf('file:///a.csv'), context);
    expect(reader.read(new Uint8Array(10), 0)).toBe(10);
    expect(() => reader.read(new Uint8Array(10), 10)).toThrow(expect.objectContaining({ code: 'LIMIT_FILE' }));
  });
});

describe('an address with credentials', () => {
  it('is listed without them, and everything else as it is', async () => {
    const page: ListPage = {
      units: [unitOf('https://ann:pa55@host/a.csv?X-Amz-Signature=abc&part=1'), unitOf('abfss://container@account/a.csv')],
      skipped: [{ uri: 'sftp://token@host/.hidden', kind: 'hidden', reason: 'is hidden' }],
      cursor: 'c',
    };
    const { session } = sourceOf(page);
    for await (const listed of session.list({ signal })) {
      expect(listed).toEqual({
        ...page,
        units: [{ ...page.units[0], uri: 'https://[redacted]@host/a.csv?X-Amz-Signature=[redacted]&part=1' }, page.units[1]],
        skipped: [{ ...page.skipped[0], uri: 'sftp://[redacted]@host/.hidden' }],
      });
    }
  });
});
