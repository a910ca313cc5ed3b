import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';
import type { FromThread, RowsMessage } from './segment-messages.ts';

const PIECE = 1 << 20;

function rows(read: number, more: Partial<RowsMessage> = {}): RowsMessage {
  return { kind: 'rows', read, written: read - 1, expanded: 2, rescued: 1, rejected: [], batch: null, parts: [], ...more };
}

function opened() {
  const posts: { messages: readonly FromThread[]; transfer: readonly ArrayBuffer[] }[] = [];
  const outbox = new Outbox((messages, transfer) => void posts.push({ messages, transfer }));
  return { outbox, posts };
}

describe('what a thread has to say', () => {
  it('goes together: rows are counted up, and nothing goes before the segment has ended', () => {
    const { outbox, posts } = opened();
    outbox.add(rows(10), []);
    outbox.add(rows(20), []);
    outbox.add({ kind: 'unit-ended' }, []);
    outbox.add(rows(5), []);
    expect(posts).toEqual([]);
    outbox.add({ kind: 'segment-ended', parts: [] }, []);
    const [post] = posts;
    expect(posts).toHaveLength(1);
    expect(post?.messages).toEqual([
      { ...rows(30), written: 28, expanded: 4, rescued: 2 },
      { kind: 'unit-ended' },
      rows(5),
      { kind: 'segment-ended', parts: [] },
    ]);
  });

  it('goes at once when it is large or somebody has to act: parts, rejected rows, failures', () => {
    const part = { bytes: new Uint8Array(8), content: {}, rows: 3 };
    const rejected: RowsMessage['rejected'] = [
      { code: 'VALUE_REJECTED', message: 'no', position: { record: 1 } } as unknown as RowsMessage['rejected'][number],
    ];
    for (const message of [
      rows(3, { parts: [part] }),
      rows(3, { rejected }),
      rows(3, { batch: {} }),
      { kind: 'misaligned' } as const,
    ]) {
      const { outbox, posts } = opened();
      outbox.add(message, [part.bytes.buffer]);
      expect(posts).toEqual([{ messages: [message], transfer: [part.bytes.buffer] }]);
    }
  });

  it('takes rows that were counted before into those that go at once', () => {
    const { outbox, posts } = opened();
    const part = { bytes: new Uint8Array(8), content: {}, rows: 13 };
    outbox.add(rows(10), []);
    outbox.add(rows(3, { parts: [part] }), [part.bytes.buffer]);
    expect(posts[0]?.messages).toEqual([{ ...rows(13, { parts: [part] }), written: 11, expanded: 4, rescued: 2 }]);
  });

  it('never keeps rows of what was already sent, nor counts them twice', () => {
    const { outbox, posts } = opened();
    outbox.add(rows(10), []);
    outbox.flush();
    outbox.add(rows(3), []);
    outbox.flush();
    outbox.flush();
    expect(posts.map(({ messages }) => messages)).toEqual([[rows(10)], [rows(3)]]);
  });

  it('gives memory back a few pieces at a time', () => {
    const { outbox, posts } = opened();
    const pieces = Array.from({ length: 5 }, () => new ArrayBuffer(PIECE));
    for (const buffer of pieces) outbox.add({ kind: 'given-back', buffer }, [buffer]);
    expect(posts.map(({ transfer }) => transfer.length)).toEqual([4]);
    outbox.flush();
    expect(posts.flatMap(({ transfer }) => transfer)).toEqual(pieces);
  });

  it('goes when many messages wait', () => {
    const { outbox, posts } = opened();
    for (let count = 0; count < 200; count += 1) outbox.add({ kind: 'unit-ended' }, []);
    outbox.flush();
    expect(posts.flatMap(({ messages }) => messages)).toHaveLength(200);
    expect(posts.length).toBeGreaterThan(2);
  });
});
