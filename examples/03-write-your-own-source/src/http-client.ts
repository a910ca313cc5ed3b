import { CalveError, type Environment, type ObjectUnit, throwIfAborted } from '@calve/core/plugin';
import { placeOf } from './http-place.ts';
import { type HttpStep, mapHttpError, statusError } from './map-http-error.ts';

/** Waits before the second, third and fourth attempt, in milliseconds. */
const WAITS = [100, 300, 900];
const MAXIMUM_REDIRECTS = 5;

/** A file as the headers of an answer describe it. */
export interface HttpObject {
  /** The ETag, or date and size together. */
  version: string;
  sizeBytes: number;
  /** Milliseconds since 1970, whole seconds. */
  modifiedAt: number;
  /** Whether parts can be asked for. */
  hasRanges: boolean;
}

/** Everything that this source asks of a server. Methods throw what `mapHttpError` gives. */
export class HttpClient {
  readonly root: string;
  readonly #fetch: typeof fetch;
  readonly #environment: Environment;

  constructor(root: string, send: typeof fetch, environment: Environment) {
    this.root = root;
    this.#fetch = send;
    this.#environment = environment;
  }

  /** The places that an index page links to; folders end with a slash. @throws {CalveError} `HTTP_NO_INDEX`: it is another kind of page. */
  index(folder: string, step: HttpStep, signal: AbortSignal): Promise<Set<string>> {
    return this.retried(folder, step, signal, async () => {
      const response = await this.#request('GET', folder, {}, signal);
      const page = await response.text();
      // A page of unknown length that broke off looks like a shorter one.
      const isWhole = response.headers.has('content-length') || /<\/html>\s*$/i.test(page);
      if (!/\bhtml\b/.test(response.headers.get('content-type') ?? '') || !isWhole) {
        throw new CalveError(
          'HTTP_NO_INDEX',
          `${folder} is not a whole index page; give the URL of a folder whose server lists it.`,
          {
            recovery: 'fix-input',
            context: { uri: folder, type: response.headers.get('content-type') },
          },
        );
      }
      return new Set(hrefsOf(page).flatMap((href) => placeOf(href, folder, this.root) ?? []));
    });
  }

  /** What is there now. @throws {CalveError} `OBJECT_NOT_FOUND` (replan), `HTTP_NO_VERSION` (fix-input): the headers tell too little. */
  describe(place: string, signal: AbortSignal): Promise<HttpObject> {
    return this.retried(place, 'open', signal, async () => describeAnswer(await this.#request('HEAD', place, {}, signal), place));
  }

  /** One attempt to get the bytes from `offset` on, of this version only. The answer may begin earlier: see `start`. */
  async get(
    place: string,
    offset: number,
    listed: Pick<ObjectUnit, 'version' | 'modifiedAt'>,
    signal: AbortSignal,
  ): Promise<{ chunks: AsyncIterator<Uint8Array>; start: number; hasRanges: boolean }> {
    // If-Match needs a strong ETag; a weak one ("W/…") never fits.
    const guard = listed.version.startsWith('"')
      ? { 'if-match': listed.version }
      : { 'if-unmodified-since': new Date(listed.modifiedAt).toUTCString() };
    const range = offset > 0 ? { range: `bytes=${offset}-` } : {};
    const response = await this.#request('GET', place, { ...guard, ...range }, signal);
    const start = response.status === 206 ? Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]) : 0;
    try {
      const { version, hasRanges } = describeAnswer(response, place);
      if (version !== listed.version || !(start <= offset) || response.body === null) throw statusError(412);
      return { chunks: response.body[Symbol.asyncIterator](), start, hasRanges };
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
  }

  /** Repeats what may pass: a lost connection, a server that is busy. */
  async retried<T>(uri: string, step: HttpStep, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      throwIfAborted(signal);
      try {
        return await call();
      } catch (error) {
        // An aborted fetch rejects with the reason of the signal, which may be anything.
        throwIfAborted(signal);
        const mapped = mapHttpError(error, uri, step);
        const wait = WAITS[attempt];
        if (mapped.recovery.kind !== 'retry' || wait === undefined) throw mapped;
        await this.#environment.sleep(wait, signal);
      }
    }
  }

  async #request(method: 'GET' | 'HEAD', place: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    let url = place;
    for (let hops = 0; hops <= MAXIMUM_REDIRECTS; hops += 1) {
      // Without "identity" fetch would ask for compressed answers and unpack them: sizes and ranges would be others.
      const asked = { ...headers, 'accept-encoding': 'identity' };
      const response = await this.#fetch(url, { method, headers: asked, signal, redirect: 'manual' });
      if (response.ok) return response;
      await response.body?.cancel();
      const location = response.status < 400 ? response.headers.get('location') : null;
      if (location === null) throw statusError(response.status);
      const target = URL.parse(location, url);
      if (target?.origin !== new URL(place).origin) {
        throw new CalveError(
          'HTTP_REDIRECT_REFUSED',
          `${place} leads to another server, ${target?.origin}; give the URL there.`,
          {
            recovery: 'fix-input',
            context: { uri: place, origin: target?.origin ?? null },
          },
        );
      }
      url = target.href;
    }
    throw statusError(310);
  }
}

function describeAnswer({ headers }: Response, place: string): HttpObject {
  const modifiedAt = Date.parse(headers.get('last-modified') ?? '');
  const size = headers.get('content-range')?.split('/')[1] ?? headers.get('content-length') ?? '';
  const isEncoded = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  if (Number.isNaN(modifiedAt) || !/^\d+$/.test(size) || isEncoded) {
    throw new CalveError('HTTP_NO_VERSION', `${place} comes ${isEncoded ? 'with a Content-Encoding' : 'without size or date'}.`, {
      recovery: 'fix-input',
      context: { uri: place },
    });
  }
  return {
    version: headers.get('etag') ?? `${new Date(modifiedAt).toISOString()}-${size}`,
    sizeBytes: Number(size),
    modifiedAt,
    hasRanges: headers.get('accept-ranges') === 'bytes',
  };
}

/** The links of an HTML page, character references decoded. */
function hrefsOf(page: string): string[] {
  const links = page.matchAll(/<a\s[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi);
  return [...links].map(([, double, single, bare]) => decodedReferences(double ?? single ?? bare ?? ''));
}

const REFERENCES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodedReferences(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hexadecimal, decimal, name) => {
    if (name !== undefined) return REFERENCES[String(name).toLowerCase()] ?? whole;
    const point = Number.parseInt(hexadecimal ?? decimal, hexadecimal === undefined ? 10 : 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
