import { expect, it } from 'vitest';
import type { CallContext } from '../../../context/call-context.ts';
import { CalveError } from '../../../errors/calve-error.ts';
import type { ByteReader } from '../../../source/byte-reader.ts';
import { blobReader } from '../../../source/memory-reader.ts';
import { MemoryQuota } from '../../memory-quota.ts';
import type { HostMessage } from './decode-messages.ts';
import { HostServices } from './host-services.ts';

/** Services that send as a channel does: what cannot be packed throws. */
function servicesOver(reader: ByteReader, quota = new MemoryQuota({ memoryBytes: 10, tenantMemoryBytes: 10 })) {
  const sent: HostMessage[] = [];
  const { signal } = new AbortController();
  const context = { reserve: (bytes: number) => quota.reserve('t', bytes, signal), report: () => {} } as unknown as CallContext;
  return { services: new HostServices(1, reader, context, (message) => sent.push(structuredClone(message))), sent, quota };
}

const bytes = blobReader(new Blob(['abcd']), () => new CalveError('OBJECT_CHANGED', 'Changed.'));

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

it('a decoder that is being left waits for no memory, also not when it asks afterwards: whoever leaves may hold it', async () => {
  const { services, sent, quota } = servicesOver(bytes);
  const batch = await quota.reserve('t', 10, new AbortController().signal);
  services.serve({ kind: 'reserve', call: 1, need: 1, bytes: 10 }, () => {});
  await settle();
  services.refuseMemory();
  services.serve({ kind: 'reserve', call: 1, need: 2, bytes: 10 }, () => {});
  await settle();
  expect(sent).toMatchObject([
    { kind: 'refused', need: 1, error: { code: 'CANCELLED' } },
    { kind: 'refused', need: 2, error: { code: 'CANCELLED' } },
  ]);
  expect(services.isAwaited).toBe(false);
  batch.release();
  await settle();
  expect(quota.usedBytes).toBe(0);
});

it('an error of the reader reaches the decoder with whatever hangs on it, and comes back as it was', async () => {
  const error = new CalveError('SOURCE_UNAVAILABLE', 'Gone.', {
    recovery: 'retry',
    context: { response: { abort: () => {} } } as never,
  });
  const failing: ByteReader = { ...bytes, read: () => Promise.reject(error) };
  const { services, sent } = servicesOver(failing);
  services.serve({ kind: 'read', call: 1, need: 1, offset: 0, bytes: 4 }, () => {});
  while (services.isAwaited) await settle();
  expect(sent).toMatchObject([{ kind: 'refused', need: 1, error: { code: 'SOURCE_UNAVAILABLE', recovery: { kind: 'retry' } } }]);
  expect(services.original(CalveError.from({ ...error.toJSON(), context: {} }))).toBe(error);
});

it('reads one after the other, as readers may expect, though the decoder asks for a block ahead', async () => {
  let underWay = 0;
  const offsets: number[] = [];
  const reader: ByteReader = {
    ...bytes,
    sizeBytes: 4,
    async read(target, offset) {
      underWay += 1;
      expect(underWay).toBe(1);
      // The first one takes longest.
      await new Promise((resolve) => setTimeout(resolve, 10 - offset));
      offsets.push(offset);
      underWay -= 1;
      return bytes.read(target, offset);
    },
  };
  const { services, sent } = servicesOver(reader);
  for (const offset of [0, 1, 2, 3]) services.serve({ kind: 'read', call: 1, need: offset, offset, bytes: 1 }, () => {});
  expect(services.isAwaited).toBe(true);
  while (services.isAwaited) await settle();
  expect(offsets).toEqual([0, 1, 2, 3]);
  expect(sent.map((message) => message.kind === 'bytes' && String.fromCharCode(...message.bytes)).join('')).toBe('abcd');
});

it('begins no read after the end of the call', async () => {
  const offsets: number[] = [];
  const reader: ByteReader = {
    ...bytes,
    async read(target, offset) {
      offsets.push(offset);
      return bytes.read(target, offset);
    },
  };
  const { services, sent } = servicesOver(reader);
  for (const offset of [0, 1]) services.serve({ kind: 'read', call: 1, need: offset, offset, bytes: 1 }, () => {});
  await services.end();
  expect([offsets, sent]).toEqual([[0], []]);
});
