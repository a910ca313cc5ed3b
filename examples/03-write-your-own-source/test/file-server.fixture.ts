import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test makes the server answer instead of a file; `cut` ends the connection after some bytes. */
export type Fault = { status: number; headers?: Record<string, string> } | 'cut';

/** A web server over files in memory, with index pages, ETags and ranges, as nginx has them. */
export interface FileServer {
  url: string;
  /** Method, path below the folder and asked range of every request so far. */
  requests: string[];
  /** By encoded path: the answers to all its requests, or to the first ones. */
  always: Map<string, Fault>;
  once: Map<string, Fault[]>;
  put(name: string, content: Uint8Array | string, modifiedAt?: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Refuses connections from now on. */
  stop(): Promise<void>;
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, { content: Buffer; modifiedAt: number }>();
  const requests: string[] = [];
  const always: FileServer['always'] = new Map();
  const once: FileServer['once'] = new Map();
  const server = createServer(({ method, url = '', headers: { range } }, response) => {
    const path = url.replace(/^\/landing\//, '');
    requests.push(`${method} ${path}${range === undefined ? '' : ` ${range}`}`);
    const fault = once.get(path)?.shift() ?? always.get(path);
    const file = files.get(decodeURIComponent(path));
    if (fault !== undefined && fault !== 'cut') response.writeHead(fault.status, fault.headers).end();
    else if (file) sendFile(file, range, fault === 'cut', response);
    else if (url.startsWith('/landing/') && (path === '' || path.endsWith('/'))) sendIndex([...files.keys()], path, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/landing/`,
    requests,
    always,
    once,
    put: async (name, content, modifiedAt = Date.UTC(2024, 0, 1)) => {
      files.set(name, { content: Buffer.from(content), modifiedAt });
    },
    remove: async (name) => void files.delete(name),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** For HEAD, Node leaves the content out by itself. */
function sendFile(
  file: { content: Buffer; modifiedAt: number },
  range: string | undefined,
  isCut: boolean,
  response: ServerResponse,
): void {
  const { content, modifiedAt } = file;
  const [, first = '0', last = `${content.length - 1}`] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const part = content.subarray(Number(first), Number(last) + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    etag: `"${createHash('sha256').update(content).digest('hex')}"`,
    'last-modified': new Date(modifiedAt).toUTCString(),
    'content-length': part.length,
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${content.length}` }),
  });
  if (isCut) response.write(part.subarray(0, part.length / 2), () => response.destroy());
  else response.end(part);
}

/** With what such pages also hold: the way up, a link to sort by, an address elsewhere. */
function sendIndex(names: readonly string[], path: string, response: ServerResponse): void {
  const folder = decodeURIComponent(path);
  const inside = names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
  if (inside.length === 0 && path !== '') {
    response.writeHead(404).end();
    return;
  }
  const entries = new Set(inside.map((name) => (name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : name)));
  const links = [...entries].map((name) => `./${encodeURIComponent(name).replace(/%2F$/, '/').replace(/%26/g, '&amp;')}`);
  const all = ['?C=M;O=A', '../', 'https://example.org/elsewhere.csv', ...links];
  const page = `<html><body><pre>\n${all.map((href) => `<a href="${href}">x</a>`).join('\n')}\n</pre></body></html>\n`;
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(page) }).end(page);
}
