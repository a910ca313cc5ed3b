import { describe, expect, it } from 'vitest';
import { BatchMemory, poisonReleasedMemory } from './batch-memory.ts';
import { createColumnBatch } from './column-batch.ts';

const released = expect.objectContaining({ code: 'BATCH_RELEASED', recovery: { kind: 'report' } });

describe('BatchMemory', () => {
  it('is given back with its last release, once', () => {
    let recycled = 0;
    const memory = new BatchMemory([], () => {
      recycled += 1;
    });
    memory.retain();
    memory.retain();
    memory.release();
    memory.release();
    expect(recycled).toBe(0);
    memory.release();
    expect(recycled).toBe(1);
    expect(() => memory.release()).toThrow(released);
    expect(() => memory.retain()).toThrow(released);
    expect(recycled).toBe(1);
  });

  it('fills exactly its own buffers when it is poisoned, and then gives them back', () => {
    const buffer = new Uint8Array(8);
    const view = new Int32Array(buffer.buffer, 4, 1);
    const memory = new BatchMemory([view], () => expect(buffer[4]).toBe(0xaa));
    memory.release();
    expect([...buffer]).toEqual([0, 0, 0, 0, 0xaa, 0xaa, 0xaa, 0xaa]);
  });

  it('stays as it is when poisoning is off', () => {
    poisonReleasedMemory(false);
    try {
      const buffer = new Uint8Array(2);
      new BatchMemory([buffer]).release();
      expect([...buffer]).toEqual([0, 0]);
    } finally {
      poisonReleasedMemory(true);
    }
  });
});

describe('a column batch', () => {
  const field = { name: 'c', type: { kind: 'int32' as const }, required: false };
  const batchOver = (values: Uint8Array, memory?: BatchMemory) =>
    createColumnBatch({ fields: [field], columns: [{ layout: 'fixed', width: 4, values }], rows: 1 }, memory);

  it('shares memory with others: it is there until the last of them and its maker released it', () => {
    const values = Uint8Array.of(1, 2, 3, 4);
    const memory = new BatchMemory([values]);
    const [first, second] = [batchOver(values, memory), batchOver(values, memory)];
    memory.release();
    first.release();
    expect([...values]).toEqual([1, 2, 3, 4]);
    second.release();
    expect([...values]).toEqual([0xaa, 0xaa, 0xaa, 0xaa]);
  });

  it('is released once; a second time, and a copy afterwards, are errors', () => {
    const batch = batchOver(new Uint8Array(4), new BatchMemory([]));
    batch.release();
    expect(() => batch.release()).toThrow(released);
    expect(() => batch.detach()).toThrow(released);
  });

  it('has a copy that outlives it', () => {
    const values = Uint8Array.of(1, 2, 3, 4);
    const memory = new BatchMemory([values]);
    const batch = batchOver(values, memory);
    memory.release();
    const copy = batch.detach();
    batch.release();
    expect(copy).toMatchObject({ rows: 1, fields: [field], columns: [{ values: Uint8Array.of(1, 2, 3, 4) }] });
  });

  it('is over its own buffers when it has no memory, and may still be released once only', () => {
    const batch = batchOver(new Uint8Array(4));
    batch.release();
    expect(() => batch.release()).toThrow(released);
  });
});
