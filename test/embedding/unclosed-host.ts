// A host that never calls close(). `node unclosed-host.ts <folder> <inline|process> <act>`: uses Calve as `act` says, and prints what it got.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CalveError, createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const [folder = '', isolation = 'inline', act = ''] = process.argv.slice(2);
const landing = join(folder, 'landing');
mkdirSync(landing, { recursive: true });
writeFileSync(
  join(landing, 'orders.csv'),
  act.includes('bad') ? Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') : 'id,name\n1,one\n2,two\n',
);

const local = localSource();
const calve = createCalve({
  sources: {
    local,
    // A plugin with a defect: what it throws in a timer belongs to none of its promises.
    careless: {
      ...local,
      connect: (options: Parameters<typeof local.connect>[0], context: Parameters<typeof local.connect>[1]) => {
        setTimeout(() => {
          throw new TypeError('thrown in a timer');
        }, 0);
        return local.connect(options, context);
      },
    },
  },
  formats: { csv: csvFormat() },
  sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
  state: sqliteState(join(folder, 'calve.db')),
  isolation: isolation === 'process' ? 'process' : 'inline',
});
const source = act === 'careless' ? 'careless' : 'local';
const orders = calve
  .ingestion('orders')
  .from(source, { path: landing })
  .as('csv', { header: true })
  .settle(0)
  .into('lake', { table: 'sales.orders' })
  .build();

const say = (value: unknown): void => console.log(typeof value === 'string' ? value : JSON.stringify(value));
const codeOf = (error: CalveError): string => error.code;

switch (act) {
  case 'run':
    say((await calve.run(orders)).outcome);
    break;
  case 'look':
    say((await calve.plan(orders)).batch.units.length);
    say((await calve.preview(orders)).rows.length);
    say((await calve.head(orders)).rows.length);
    break;
  case 'run bad':
    say(await calve.run(orders).catch(codeOf));
    break;
  case 'break bad':
    for await (const event of calve.run(orders)) {
      say(event.kind);
      break;
    }
    break;
  case 'ignore':
  case 'ignore bad':
    void calve.run(orders);
    break;
  case 'cancel': {
    const cancelling = new AbortController();
    const run = calve.run(orders, { signal: cancelling.signal });
    for await (const event of run) if (event.kind === 'planned') cancelling.abort();
    say(await run.catch(codeOf));
    break;
  }
  case 'careless':
    process.on('uncaughtException', (error) => say(error.message));
    say((await calve.run(orders)).outcome);
    break;
}
process.on('exit', () => say('exit'));
