import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

// Not the recursive mkdir of Node: of a read-only or broken disk, and of a quota that is used up, it says that the folder does not exist.

/** Makes a folder and those above it; their names are durable when it resolves. Throws what the file system says of the first that cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  const above = dirname(folder);
  // It was there, or another process made it meanwhile.
  const unlessThere = async (error: unknown): Promise<void> => {
    if (!(await isFolder(folder))) throw error;
  };
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) return unlessThere(error);
    await makeFolder(above);
    // Only once more: there are folders that always refuse new ones with this error.
    await mkdir(folder).catch(unlessThere);
  }
  await syncFolder(above);
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its file systems make names durable by themselves.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
