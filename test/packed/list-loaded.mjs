// Prints the address of every module that is loaded when a program imports what it needs to load CSV files into Iceberg.
import { registerHooks } from 'node:module';

const loaded = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});

for (const name of ['@calve/core', '@calve/core/node', '@calve/format-csv', '@calve/source-local', '@calve/sink-iceberg'])
  await import(name);
process.stdout.write(JSON.stringify(loaded));
