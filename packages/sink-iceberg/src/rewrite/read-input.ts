import type { InputFile, WriterPorts } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/** Opens a file of a table. @throws {CalveError} `INTERNAL`: the ports cannot read; and what they throw. */
export function openInput(ports: WriterPorts, path: string): Promise<InputFile> {
  if (ports.openInput) return ports.openInput(path);
  throw new CalveError('INTERNAL', 'The writer was started without a way to read the table that it rewrites.');
}

/** All bytes of a small file: a manifest or a manifest list. */
export async function readInput(ports: WriterPorts, path: string): Promise<Uint8Array> {
  const file = await openInput(ports, path);
  try {
    const bytes = new Uint8Array(file.sizeBytes);
    for (let at = 0; at < bytes.length; ) {
      const read = await file.read(bytes.subarray(at), at);
      if (read <= 0)
        throw new CalveError('ICEBERG_METADATA_INVALID', `${path} ends at byte ${at}, before its size.`, { context: { path } });
      at += read;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
