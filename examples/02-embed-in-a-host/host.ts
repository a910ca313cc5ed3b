import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { CalveError } from '@calve/core';
import { landingOf, startPlatform } from './platform.ts';
import { putAside, receiveUpload, UploadRefused } from './receive-upload.ts';

export interface HostOptions {
  /** Everything lies below it: uploads, tables, state. */
  folder: string;
  /** API token to tenant. */
  tokens: Readonly<Record<string, string>>;
  /** Default: any free one. */
  port?: number;
  /** Of one upload. Default 256 MiB. */
  maximumUploadBytes?: number;
  /** Aborted: no request is taken any more, runs are cancelled, and `stopped` resolves. What was cancelled goes on at the next start. */
  signal: AbortSignal;
}

/** Starts to listen on this machine only. TLS and rate limits are what stands in front of it. */
export async function startHost(options: HostOptions): Promise<{ url: string; stopped: Promise<void> }> {
  const { folder, signal, maximumUploadBytes = 256 * 2 ** 20 } = options;
  // Looked up by its hash, a token cannot be guessed letter by letter from how long an answer takes.
  const tenants = new Map(Object.entries(options.tokens).map(([token, tenant]) => [hash(token), tenant]));
  const platform = startPlatform(folder, [...tenants.values()]);
  // Of uploads that the last stop or crash cut off.
  await rm(join(folder, 'incoming'), { recursive: true, force: true });

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(error, response));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The tenant comes from the token and from nowhere else: not from the path, not from the body.
    const tenant = tenants.get(hash(request.headers.authorization?.replace(/^Bearer /, '') ?? ''));
    if (tenant === undefined) return send(response, 401, { message: 'Send "Authorization: Bearer <token>".' });
    const route = `${request.method} ${request.url}`;
    if (route.startsWith('POST /upload/')) {
      const name = route.slice('POST /upload/'.length);
      await receiveUpload(request, name, {
        incoming: join(folder, 'incoming', tenant),
        landing: landingOf(folder, tenant),
        maximumBytes: maximumUploadBytes,
      });
      // The file is safe whatever happens now: what this run does not load, the next one will.
      const { state, counts, finding } = await platform.loadFile(tenant, name);
      if (state !== 'ingested') {
        // Its content is the reason, or somebody has to decide. Failed: this host's fault, so it stays, and the next run tries again.
        if (state === 'held' || state === 'quarantined')
          await putAside(name, { landing: landingOf(folder, tenant), refused: join(folder, 'refused', tenant) });
        return send(response, 422, { file: name, state, code: finding?.code, message: finding?.message });
      }
      const { read, written, rejected } = counts?.['main'] ?? {};
      return send(response, 201, { file: name, state, read, written, rejected });
    }
    if (route === 'GET /tables/orders') return send(response, 200, await platform.head(tenant));
    if (route === 'GET /runs') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(
        platform
          .eventsOf(tenant)
          .map((event) => `${platform.publicJson(event)}\n`)
          .join(''),
      );
      return;
    }
    send(response, 404, { message: 'There are POST /upload/<name>, GET /tables/orders and GET /runs.' });
  }

  function refuse(error: unknown, response: ServerResponse): void {
    if (error instanceof UploadRefused) send(response, error.status, { message: error.message });
    // The run ended without a word about this file: the host stops, or the lake cannot be written to.
    else if (CalveError.is(error)) send(response, 503, { code: error.code, message: error.message });
    else {
      // A defect, or a client that went away. It is for the log of the host, not for the client.
      console.error(error);
      send(response, 500, { message: 'That did not work.' });
    }
  }

  function send(response: ServerResponse, status: number, body: unknown): void {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(platform.publicJson(body));
  }

  async function stop(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    // Requests that wait for a run are answered now. Who is still uploading after a while has to do it again.
    await platform.close();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
    await closed;
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const stopped = new Promise<void>((done, failed) => {
    signal.addEventListener('abort', () => stop().then(done, failed), { once: true });
  });
  // What was uploaded and not loaded before the last stop. Its outcome is in `GET /runs`.
  for (const tenant of tenants.values()) platform.load(tenant).catch(() => {});
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stopped };
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

if (import.meta.main) {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  const tokens = Object.fromEntries(['acme', 'globex'].map((tenant) => [randomBytes(16).toString('hex'), tenant]));
  const folder = resolve(process.argv[2] ?? join(import.meta.dirname, 'lake'));
  const { url, stopped } = await startHost({
    folder,
    tokens,
    port: Number(process.env['PORT'] ?? 8080),
    signal: stopping.signal,
  });
  for (const [token, tenant] of Object.entries(tokens)) {
    console.log(`${tenant}: curl -H 'Authorization: Bearer ${token}' --data-binary @orders.csv ${url}/upload/orders-1.csv`);
  }
  await stopped;
}
