// Runs inside a consumer's project. The decoder and the writer are rebuilt from module, export name and JSON only.
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { nodeEnvironment } from '@calve/core/node';
import { DEFAULT_LIMITS, openProjector, rebuildPortable } from '@calve/core/plugin';

export async function writeWithRebuiltHalves({ decoder, writer, path, plan, projection, facts }) {
  const files = {};
  const context = {
    tenant: 'default',
    runId: 'run',
    signal: new AbortController().signal,
    environment: nodeEnvironment(),
    resolveSecret: () => Promise.reject(new Error('there are no secrets in a worker')),
    limits: DEFAULT_LIMITS,
    reserve: async () => ({ release() {} }),
    report() {},
  };
  const ports = {
    async openOutput(name) {
      const chunks = [];
      return {
        async write(chunk) {
          chunks.push(chunk.slice());
        },
        async finish() {
          files[name] = Buffer.concat(chunks).toString('base64');
        },
        async abort() {},
      };
    },
  };
  const bytes = readFileSync(path);
  const reader = {
    sizeBytes: bytes.length,
    read: (target, offset) => bytes.copy(target, 0, offset, Math.min(bytes.length, offset + target.length)),
    verify: async () => {},
    close: async () => {},
  };
  const decode = await rebuildPortable(decoder, context, undefined);
  const table = await rebuildPortable(writer, context, ports);
  const projector = await openProjector(projection);
  for await (const event of decode.decode(
    reader,
    plan,
    { kind: 'whole' },
    { columns: 'all', maxRows: 1000, maxBytes: 1 << 20 },
    context,
  )) {
    if (event.kind !== 'batch') continue;
    const { accepted } = projector.apply(event.batch, facts);
    event.batch.release();
    await table.write(accepted);
    accepted.release();
  }
  const staged = await table.finish();
  return { files, rows: staged.rows };
}

if (!isMainThread) parentPort.postMessage(await writeWithRebuiltHalves(workerData));
