import {
  CalveError,
  type ListedObject,
  type ObjectBytes,
  type ObjectFacts,
  type ObjectRange,
  type ObjectStorage,
  statusError,
} from '@calve/core/plugin';

/** What a web server has to offer: folders are index pages, and ETag, or date and size, are the version of a file. */
export class HttpStorage implements ObjectStorage {
  readonly root: string;
  readonly externalAccess = { kind: 'none', reason: 'Spark cannot list the folders of web servers.' } as const;

  constructor(url: string) {
    this.root = new URL(url.endsWith('/') ? url : `${url}/`).href;
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
    const response = await request(folder, { signal });
    if (!response.headers.get('content-type')?.startsWith('text/html')) {
      await response.body?.cancel();
      throw refused(folder, 'is not answered with an index page; let the server make one');
    }
    for (const [, href] of (await response.text()).matchAll(/<a\s[^<>]*?href="([^"]*)"/gi)) {
      // Such pages link to the folder above, and to themselves in another order, as well.
      const place = URL.parse(href!.replaceAll('&amp;', '&'), folder)?.href;
      if (place?.startsWith(folder) && place !== folder && !/[?#]/.test(place)) yield { place };
    }
  }

  async describe(place: string, signal: AbortSignal): Promise<ObjectFacts> {
    const { size, modifiedAt, version } = readHeaders(await request(place, { method: 'HEAD', signal }));
    if (size !== null && !Number.isNaN(modifiedAt)) return { version, sizeBytes: Number(size), modifiedAt };
    throw refused(place, 'has no size or date; files have them, generated pages often not');
  }

  async read({ place, start, end }: ObjectRange, signal: AbortSignal): Promise<ObjectBytes> {
    const response = await request(place, { signal, headers: { range: `bytes=${start}-${end - 1}` } });
    const { version } = readHeaders(response);
    // A server without ranges does not name one, and sends the file from its beginning.
    const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
    return { version, start: Number(from ?? 0), chunks: response.body! };
  }
}

/** Redirects come out as errors: where they lead is nobody's wish. Compressed answers would have other sizes than the files. */
async function request(url: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, 'accept-encoding': 'identity' };
  const response = await fetch(url, { ...init, headers, redirect: 'manual' });
  if (response.ok) return response;
  await response.body?.cancel();
  throw statusError(response.status, url);
}

function readHeaders({ headers }: Response): { size: string | null; modifiedAt: number; version: string } {
  const size = headers.get('content-range')?.split('/')[1] ?? headers.get('content-length');
  const modifiedAt = Date.parse(headers.get('last-modified') ?? '');
  return { size, modifiedAt, version: headers.get('etag') ?? `${modifiedAt}-${size}` };
}

function refused(uri: string, what: string): CalveError {
  return new CalveError('SOURCE_REFUSED', `${uri} ${what}.`, { recovery: 'fix-input', context: { uri } });
}
