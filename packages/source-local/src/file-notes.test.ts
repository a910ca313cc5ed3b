import { describe, expect, it } from 'vitest';
import type { FileStamp } from './file-identity.ts';
import { FileNotes } from './file-notes.ts';

const second = 1_000_000_000n;
const now = 1_800_000_000_000;
const hash = 'ab'.repeat(32);

/** A file that was written and named so many milliseconds ago. */
function stamp(written: number, changed = written, more: Partial<FileStamp> = {}): FileStamp {
  const ago = (milliseconds: number): bigint => BigInt(now - milliseconds) * 1_000_000n + 1n;
  return { size: 10n, mtimeNs: ago(written), ctimeNs: ago(changed), ino: 7n, dev: 1n, ...more };
}

const page = { places: ['file:///a'], from: 'file:///', until: 'file:///z' };

/** Notes on device 1 that remember. */
function start() {
  const kept = new Map<string, string>();
  const notes = new FileNotes(
    {
      recall: async () => kept,
      keep: (place, note) => void kept.set(place, note),
      forget: (place) => void kept.delete(place),
    },
    1n,
  );
  return { kept, notes };
}

describe('the notes of files', () => {
  it('tell a file that looks as it did', async () => {
    const { notes } = start();
    const file = stamp(60_000);
    notes.keep('file:///a', { stamp: file, hash }, now);
    expect(notes.identityOf('file:///a', file)).toBeNull();
    await notes.recall(page);
    expect(notes.identityOf('file:///a', { ...file })).toEqual({ stamp: file, hash });
    expect(notes.identityOf('file:///b', file)).toBeNull();
  });

  it.each(['size', 'mtimeNs', 'ctimeNs', 'ino', 'dev'] as const)('do not tell a file whose %s differs', async (member) => {
    const { notes } = start();
    const file = stamp(60_000);
    notes.keep('file:///a', { stamp: file, hash }, now);
    await notes.recall(page);
    expect(notes.identityOf('file:///a', { ...file, [member]: file[member] + 1n })).toBeNull();
  });

  it.each([
    ['was changed a moment ago: another change may bear the same time', stamp(60_000, 50), 0],
    ['was given a name a while ago', stamp(60_000, 150), 1],
    ['was written a moment ago: the call that writes may go on', stamp(1000), 0],
    ['was written a while ago', stamp(2500), 1],
    ['was changed by a clock that is ahead', stamp(60_000, -60_000), 0],
    ['was written by a clock that is ahead', stamp(-60_000, 60_000), 0],
    ['lies on another device', stamp(60_000, 60_000, { dev: 2n }), 0],
    ['was changed in this second, and times are seconds', stamp(60_000, 0, { ctimeNs: (BigInt(now) / 1000n - 1n) * second }), 0],
    ['was changed seconds ago, and times are seconds', stamp(60_000, 0, { ctimeNs: (BigInt(now) / 1000n - 4n) * second }), 1],
  ])('of one that %s', (_name, file, kept) => {
    const world = start();
    world.notes.keep('file:///a', { stamp: file, hash }, now);
    expect(world.kept.size).toBe(kept);
  });

  it('are none where nothing is kept, or the folder is gone', async () => {
    expect(await FileNotes.of('/', undefined)).toBeNull();
    expect(
      await FileNotes.of('/surely/not/there', { recall: async () => new Map(), keep: () => {}, forget: () => {} }),
    ).toBeNull();
  });
});
