// What a process of its own costs: one file, planned and applied with decoders in the host and in a decode process, in turn.
// node --conditions=calve-source test/isolation/measure-cost.ts [megabytes] [turns] [ragged]
// `ragged`: every other record has a cell too many, so that each batch is a single row.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCalve } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

const megabytes = Number(process.argv[2] ?? 75);
const turns = Number(process.argv[3] ?? 3);
const isRagged = process.argv[4] === 'ragged';
const folder = await mkdtemp(join(tmpdir(), 'calve-cost-'));
const path = join(folder, 'orders.csv');
await writeOrders();

const best = { inline: { plan: Infinity, apply: Infinity }, process: { plan: Infinity, apply: Infinity } };
for (let turn = 0; turn < turns; turn += 1) {
  for (const isolation of ['inline', 'process'] as const) {
    const { plan, apply } = await measure(isolation, join(folder, `${isolation}-${turn}`));
    best[isolation].plan = Math.min(best[isolation].plan, plan);
    best[isolation].apply = Math.min(best[isolation].apply, apply);
    console.log(`${isolation.padEnd(8)} plan ${plan.toFixed(2)} s   apply ${apply.toFixed(2)} s`);
  }
}
const ratio = (step: 'plan' | 'apply'): string => (best.process[step] / best.inline[step]).toFixed(2);
console.log(`best of ${turns}, process to inline: plan ${ratio('plan')}, apply ${ratio('apply')}`);
await rm(folder, { recursive: true });

async function measure(isolation: 'inline' | 'process', lake: string): Promise<{ plan: number; apply: number }> {
  await using calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
    isolation,
  });
  const spec = calve
    .ingestion('orders')
    .from('local', { path })
    .as('csv', { header: true })
    .limits({ maxRejectedRatio: 1, maxRejectedRows: 1e9 })
    .settle(0)
    .into('lake', { table: 'sales.orders' })
    .build();
  const begun = performance.now();
  const plan = await calve.plan(spec);
  const planned = performance.now();
  await calve.apply(plan);
  return { plan: (planned - begun) / 1000, apply: (performance.now() - planned) / 1000 };
}

async function writeOrders(): Promise<void> {
  const file = await open(path, 'w');
  await file.write('id,customer,amount,ordered_at,note\n');
  for (let id = 0, bytes = 0; bytes < megabytes * 1e6; ) {
    let text = '';
    for (const end = id + 10_000; id < end; id += 1) {
      const day = String(1 + (id % 28)).padStart(2, '0');
      text += `${id},customer ${id % 997},${(id * 7919) % 100_000}.${10 + (id % 90)},2026-03-${day}T10:${day}:00,"note ${id}, of ${id % 13}"${isRagged && id % 2 === 1 ? ',more' : ''}\n`;
    }
    bytes += text.length;
    await file.write(text);
  }
  await file.close();
}
