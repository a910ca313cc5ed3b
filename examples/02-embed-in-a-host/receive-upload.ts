import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Why an upload was not taken: an HTTP status and one sentence. */
export class UploadRefused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No folders, nothing hidden, nothing that means something to a shell or a glob. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.csv(\.gz)?$/;

export interface UploadPlaces {
  /** Where files are while they arrive: on the same file system as `landing`, and not inside. */
  incoming: string;
  landing: string;
  maximumBytes: number;
}

/**
 * Streams a request body into the landing folder: complete and durable, or not at all.
 *
 * @throws {UploadRefused} 400: the name; 409: there is such a file; 413: too large.
 */
export async function receiveUpload(request: IncomingMessage, name: string, places: UploadPlaces): Promise<void> {
  if (!FILE_NAME.test(name))
    throw new UploadRefused(400, 'A file is called like orders-1.csv or orders-1.csv.gz: letters, digits, "-" and "_".');
  const { incoming, landing, maximumBytes } = places;
  const tooLarge = new UploadRefused(413, `A file may have ${maximumBytes} bytes.`);
  // Most clients say it beforehand; the others are counted.
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) throw tooLarge;
  await mkdir(incoming, { recursive: true });
  await mkdir(landing, { recursive: true });
  // A name of our own: two uploads of one name at the same time must not write into each other.
  const temporary = join(incoming, randomUUID());
  try {
    await pipeline(
      request,
      upTo(maximumBytes, tooLarge),
      createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }),
    );
    // `link` and not `rename`: it refuses to replace a file, which a run may be reading, and which is in the ledger.
    await link(temporary, join(landing, name)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? new UploadRefused(409, `There is a file ${name} already.`) : error;
    });
    // The client hears of success only when a power cut cannot take the name away any more.
    const folder = await open(landing);
    await folder.sync().finally(() => folder.close());
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Takes a file that was refused out of the landing folder, so that a corrected one can come under its name. */
export async function putAside(name: string, { landing, refused }: { landing: string; refused: string }): Promise<void> {
  await mkdir(refused, { recursive: true });
  await rename(join(landing, name), join(refused, `${randomUUID()}-${name}`));
}

function upTo(maximumBytes: number, tooLarge: UploadRefused) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maximumBytes) throw tooLarge;
      yield chunk;
    }
  };
}
