import { expect, it } from 'vitest';
import { PiecePool } from './piece-pool.ts';

const MEBIBYTE = 1 << 20;

it('makes a piece that is too many wait until a thread sends one back, and uses that one', async () => {
  const pool = new PiecePool(2);
  const [first, second] = [await pool.take(-1), await pool.take(9 * MEBIBYTE)];
  pool.send(first);
  pool.send(second);
  let third: Uint8Array | null = null;
  const waiting = pool.take(-1).then((piece) => {
    third = piece;
  });
  await Promise.resolve();
  expect(third).toBe(null);
  pool.receive(second.buffer);
  await waiting;
  expect(third).toMatchObject({ buffer: second.buffer, length: MEBIBYTE });
});

it('makes more where no thread has any, and keeps no more than it may afterwards', async () => {
  const pool = new PiecePool(1);
  const pieces = [await pool.take(-1), await pool.take(-1), await pool.take(-1)];
  for (const { buffer } of pieces) pool.giveBack(buffer);
  expect(pieces.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, MEBIBYTE]);
});

it('gives small files small pieces, which it does not count', async () => {
  const pool = new PiecePool(1);
  const [small, large] = [await pool.take(100), await pool.take(-1)];
  pool.send(small);
  pool.receive(small.buffer);
  pool.send(large);
  expect(small.length).toBe(100);
  expect((await pool.take(0)).length).toBe(0);
});

it('lets nobody wait for threads that were ended', async () => {
  const pool = new PiecePool(1);
  pool.send(await pool.take(-1));
  const waiting = pool.take(-1);
  pool.close();
  expect((await waiting).length).toBe(MEBIBYTE);
});
