// A process of its own that loads a folder. It pauses or kills itself at a named step when it is told to, or goes on until a file `stop` appears.
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CalveError, createCalve, type IngestionSpec } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { withoutLeases } from '@calve/testkit';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    'lease-milliseconds': { type: 'string' },
    'without-leases': { type: 'boolean', default: false },
    'pause-at': { type: 'string' },
    'kill-at': { type: 'string' },
    /** Waits at the first step of staging, so that the lease is renewed meanwhile. */
    'slow-milliseconds': { type: 'string', default: '0' },
    /** At that step, says so and waits for this file first. */
    'hold-until': { type: 'string' },
    'until-stop': { type: 'boolean', default: false },
  },
});
const { folder } = values;
const lake = join(folder, 'lake');
const node = nodeEnvironment();
let isPaused = false;
const state = sqliteState(join(lake, 'calve.db'));
const leaseMilliseconds = values['lease-milliseconds'];
await using calve = createCalve({
  sources: { local: localSource() },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
  state: values['without-leases'] ? withoutLeases(state) : state,
  environment: {
    ...node,
    step: async (label) => {
      if (label === values['kill-at']) process.kill(process.pid, 'SIGKILL');
      if (label === values['pause-at'] && !isPaused) {
        isPaused = true;
        tell({ paused: label });
        process.kill(process.pid, 'SIGSTOP');
      }
      const file = values['hold-until'];
      if (label === 'core.apply.stage' && file !== undefined) {
        tell({ holding: file });
        while (!existsSync(file)) await node.sleep(20);
      }
      if (label === 'core.apply.stage' && values['slow-milliseconds'] !== '0')
        await node.sleep(Number(values['slow-milliseconds']));
    },
  },
  ...(leaseMilliseconds === undefined ? {} : { leaseMilliseconds: Number(leaseMilliseconds) }),
});
const spec: IngestionSpec = calve
  .ingestion('orders')
  .from('local', { path: join(folder, 'landing'), pattern: '*.csv' })
  .as('csv', { header: true })
  .settle(0)
  .into('lake', { table: 'sales.orders' })
  .build();

for (let isLast = !values['until-stop']; ; ) {
  try {
    const run = calve.run(spec);
    for await (const event of run) if (event.kind === 'waiting' && event.reason === 'lease') tell({ waiting: event.heldBy });
    tell({ result: await run });
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    tell({ error: error.code, message: error.message });
    // Without leases others are met in the middle of their work.
    const isHarmless = ['retry', 'replan', 'verify'].includes(error.recovery.kind);
    if (!isHarmless || !values['until-stop']) {
      process.exitCode = 1;
      break;
    }
    continue;
  }
  if (isLast) break;
  isLast = existsSync(join(folder, 'stop'));
  if (!isLast) await node.sleep(20);
}

function tell(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
