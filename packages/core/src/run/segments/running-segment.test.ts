import { expect, it } from 'vitest';
import type { ThreadListener, WorkerThread } from '../../env/worker-thread.ts';
import { RunningSegment } from './running-segment.ts';
import type { ToThread, UnitTask } from './segment-messages.ts';
import { SegmentThread } from './segment-thread.ts';

const task: UnitTask = {
  reader: 'r1',
  facts: { file: 'file:///a.csv', batch: 1n } as unknown as UnitTask['facts'],
  sizeBytes: 100,
  range: { kind: 'bytes', start: 0, end: 100, lineEnd: 'LF' },
  segmentBytes: null,
  recordsBefore: 100,
};

/** A segment of a thread that remembers what it was sent. */
function segmentOf() {
  const sent: { messages: ToThread[]; transfer: readonly ArrayBuffer[] }[] = [];
  let listener: ThreadListener | null = null;
  const worker: WorkerThread = {
    listen(given) {
      listener = given;
    },
    send: (messages, transfer) => void sent.push({ messages: messages as ToThread[], transfer }),
    end: async () => {},
  };
  const settings = { tenant: 't', runId: 'r', limits: {}, readers: {}, encoder: null } as unknown as ConstructorParameters<
    typeof SegmentThread
  >[1];
  const thread = new SegmentThread(worker, settings, () => {});
  sent.length = 0;
  const givenBack: ArrayBuffer[] = [];
  const segment = new RunningSegment(thread, { release() {} }, (buffer) => givenBack.push(buffer));
  return { segment, sent, givenBack, say: (...messages: unknown[]) => listener?.heard(messages) };
}

it('sends a range whole, with its memory, in one message', () => {
  const { segment, sent } = segmentOf();
  const pieces = [new Uint8Array(60), new Uint8Array(40)];
  segment.sendRange(task, pieces);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.messages).toEqual([
    { kind: 'unit', task },
    { kind: 'bytes', bytes: pieces[0], isLast: false },
    { kind: 'bytes', bytes: pieces[1], isLast: true },
    { kind: 'end-segment' },
  ]);
  expect(sent[0]?.transfer).toEqual(pieces.map(({ buffer }) => buffer));
});

it('says that no bytes come of a range that has none', () => {
  const { segment, sent } = segmentOf();
  segment.sendRange(task, []);
  expect(sent[0]?.messages).toContainEqual({ kind: 'bytes', bytes: new Uint8Array(0), isLast: true });
});

it('sends no more than 8 MiB of a unit ahead of what came back', async () => {
  const { segment, sent, givenBack, say } = segmentOf();
  segment.beginUnit(task);
  const first = new Uint8Array(8 * 2 ** 20);
  await segment.sendBytes(first, false);
  let isSent = false;
  const waiting = segment.sendBytes(new Uint8Array(1), true).then(() => {
    isSent = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isSent).toBe(false);
  say({ kind: 'given-back', buffer: first.buffer });
  await waiting;
  expect(givenBack).toEqual([first.buffer]);
  expect(sent.map(({ messages }) => messages.map(({ kind }) => kind))).toEqual([['unit', 'bytes'], ['bytes']]);
});
