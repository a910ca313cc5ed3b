import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { pyIcebergRowReader, type RowReader } from '../packages/testkit/src/torture/index.ts';
import { cacheFolder, readersStatus } from '../test/readers/readers-status.ts';

/** Numbers of Linux for the file systems that people have: https://man7.org/linux/man-pages/man2/statfs.2.html */
const FILE_SYSTEMS: Record<number, string> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
  16914836: 'tmpfs, which is memory',
};

/** What the commands need around a torture: a folder on the disk of the cache, PyIceberg, and an end when Ctrl-C is pressed. */
export interface TortureGround extends AsyncDisposable {
  folder: string;
  /** Of the folder. */
  fileSystem: string;
  reader: RowReader;
  signal: AbortSignal;
}

/** @returns Half a sentence where PyIceberg, which counts the rows, is not here. */
export function openGround(): TortureGround | string {
  const { path, reason } = readersStatus().python;
  if (path === null) return reason ?? 'the reason is not known';
  const parent = join(cacheFolder(), 'torture');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'run-'));
  const reader = pyIcebergRowReader(path);
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const { type } = statfsSync(folder);
  return {
    folder,
    fileSystem: FILE_SYSTEMS[type] ?? `file system 0x${type.toString(16)}`,
    reader,
    signal: controller.signal,
    async [Symbol.asyncDispose](): Promise<void> {
      await reader[Symbol.asyncDispose]();
      // Empty unless damaged lakes were kept.
      if (readdirSync(folder).length === 0) rmdirSync(folder);
    },
  };
}
