import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a test makes the server answer instead of a file; `destroy` ends the connection. */
export type Fault = { status: number; headers?: Record<string, string> } | 'destroy';

/** A web server over a folder of its own, with index pages, strong ETags, ranges and conditions, as nginx has them. */
export interface FileServer {
  url: string;
  folder: string;
  /** Method, path and headers of every request so far. */
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  /** By path below the folder, percent-encoded: the answers of all its requests, or of the first ones. */
  always: Map<string, Fault>;
  once: Map<string, Fault[]>;
  put(name: string, content: Uint8Array | string, modifiedAt?: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Refuses connections from now on. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFileServer(): Promise<FileServer> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-http-'));
  const requests: FileServer['requests'] = [];
  const always: FileServer['always'] = new Map();
  const once: FileServer['once'] = new Map();
  const server = createServer(async (request, response) => {
    const path = request.url?.replace(/^\/landing\//, '') ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    const fault = once.get(path)?.shift() ?? always.get(path);
    if (fault === 'destroy') request.destroy();
    else if (fault) response.writeHead(fault.status, fault.headers).end();
    else if (!request.url?.startsWith('/landing/')) response.writeHead(404).end();
    else await answer(folder, path, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/landing/`,
    folder,
    requests,
    always,
    once,
    put: async (name, content, modifiedAt = Date.UTC(2024, 0, 1)) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      await utimes(path, modifiedAt / 1000, modifiedAt / 1000);
    },
    remove: (name) => rm(join(folder, name)),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function answer(
  folder: string,
  path: string,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = join(folder, decodeURIComponent(path));
  const found = await stat(file).catch(() => null);
  if (found === null) {
    response.writeHead(404).end();
    return;
  }
  if (found.isDirectory()) {
    const page = await indexPage(file);
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) }).end(page);
    return;
  }
  const content = await readFile(file);
  const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
  const described = { etag, 'last-modified': found.mtime.toUTCString(), 'accept-ranges': 'bytes' };
  const since = headers['if-unmodified-since'];
  if ((headers['if-match'] ?? etag) !== etag || (since && Date.parse(since) < Math.floor(found.mtimeMs / 1000) * 1000)) {
    response.writeHead(412).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (headers.range && start >= content.length) {
    response.writeHead(416).end();
    return;
  }
  const range = headers.range ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(headers.range ? 206 : 200, { ...described, ...range, 'content-length': content.length - start });
  response.end(method === 'HEAD' ? undefined : content.subarray(start));
}

/** With what such pages also hold: the way up, links to sort by, an address elsewhere. */
async function indexPage(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const links = entries.map(
    (entry) => encodeURIComponent(entry.name).replaceAll("'", '&#39;') + (entry.isDirectory() ? '/' : ''),
  );
  const all = ['?C=M;O=A', '../', 'https://example.org/elsewhere.csv', ...links];
  return `<html><body><pre>\n${all.map((href) => `<a href='./${href}'>x</a>`.replace("'./https", "'https")).join('\n')}\n</pre></body></html>\n`;
}
