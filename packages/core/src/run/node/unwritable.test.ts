import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { whyUnwritable } from './unwritable.ts';

it('nothing is wrong with a folder that may be written, nor with one that is still to be made in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calve-unwritable-'));
  try {
    expect(whyUnwritable(join(folder, 'calve.db'))).toBeNull();
    expect(whyUnwritable(join(folder, 'not', 'yet', 'calve.db'))).toBeNull();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('a folder that this user may not write is read-only, and none is to the superuser', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calve-unwritable-'));
  try {
    await chmod(folder, 0o500);
    expect(whyUnwritable(join(folder, 'calve.db'))).toBe(process.getuid?.() === 0 ? null : 'read-only');
  } finally {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  }
});

it.runIf(process.platform === 'linux')('a disk without room is full, and the kernel’s own is read-only', () => {
  // It has neither blocks nor room for any.
  expect(whyUnwritable('/proc/self/calve.db')).not.toBeNull();
});
