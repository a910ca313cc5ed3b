import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { requireTier } from '../readers/require-tier.ts';
import { foreignLake } from './foreign-lake.ts';

const MEBIBYTE = 2 ** 20;
const MERGE = fileURLToPath(new URL('merge-lake.ts', import.meta.url));
const PRELOAD = new URL('../../packages/cli/test/report-peak-memory.ts', import.meta.url).href;

describe.runIf(requireTier('python'))('files of others with large row groups', () => {
  const lake = foreignLake();
  beforeEach(() => {
    mkdirSync(join(lake.world.folder, 'in'));
  });
  const prepare = (program: string): Promise<string> =>
    lake.prepare(`import numpy as np\nimport pyarrow.compute as pc\n${program}`);

  /** Merges a new name for each id in a process of its own, and has PyArrow compare all other rows. */
  async function merge(ids: readonly number[]): Promise<{ peakMemoryBytes: number }> {
    writeFileSync(join(lake.world.folder, 'in', 'a.csv'), `id,name\n${ids.map((id) => `${id},new\n`).join('')}`);
    const peak = join(lake.world.folder, 'peak.json');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=calve-source', `--import=${PRELOAD}`, MERGE, lake.world.folder],
      {
        env: { ...process.env, NODE_OPTIONS: '', CALVE_TEST_PEAK_MEMORY: peak },
        encoding: 'utf8',
      },
    );
    expect([stderr, JSON.parse(stdout || 'null')]).toEqual([
      '',
      expect.objectContaining({ written: ids.length, replaced: ids.length }),
    ]);
    const compared = await prepare(`
t = c.load_table("sales.orders")
def rows(snapshot, names):
    a = t.scan(snapshot_id=snapshot).to_arrow().select(names).sort_by("id")
    return a.filter(pc.invert(pc.is_in(a["id"], pa.array([${ids}])))), a.num_rows
first, last = t.history()[-2].snapshot_id, t.history()[-1].snapshot_id
names = t.scan(snapshot_id=first).to_arrow().column_names
a, b = rows(first, names), rows(last, names)
str([len(t.history()) > 1, a[1] == b[1], a[0].equals(b[0].cast(a[0].schema))])`);
    expect(compared).toBe("'[True, True, True]'");
    return JSON.parse(readFileSync(peak, 'utf8'));
  }

  it('keep every row of small pages, whatever their version, encoding and index', async () => {
    await prepare(`
n = 9000
some = lambda values, every: pa.array([None if x % every == 0 else v for x, v in enumerate(values)], values.type)
def table(first):
    i = np.arange(first, first + n)
    return pa.table({
      "id": pa.array(i, pa.int64()), "name": some(pa.array([f"name {x % 700}" for x in i]), 7), "few": pa.array([f"{x // 3000}" for x in i]),
      "none": pa.array([None] * n, pa.string()), "flag": some(pa.array(i % 3 == 0), 11), "runs": pa.array(i % n < 5000), "i": some(pa.array(i % 100, pa.int32()), 5),
      "f": pa.array(i / 8.0, pa.float32()), "d": pa.array([None if x % 9 == 0 else __import__("decimal").Decimal(int(x)) / 4 for x in i], pa.decimal128(20, 2)),
      "bin": pa.array([bytes([x % 256] * (x % 5)) for x in i]), "day": pa.array((i % 4000).astype("int32"), pa.date32()), "ts": some(pa.array(i * 1000003, pa.timestamp("us")), 13),
      "s": pa.array([None if x % 17 == 0 else {"a": int(x), "b": None if x % 3 else f"b{x}"} for x in i], pa.struct([("a", pa.int64()), ("b", pa.string())])),
      "l": pa.array([[None if y == 1 else f"{x}-{y}" for y in range(x % 4)] for x in i], pa.list_(pa.string())),
    })
ways = [
  dict(data_page_version="1.0"),
  dict(data_page_version="1.0", write_page_index=True),
  dict(data_page_version="1.0", use_dictionary=False, compression="gzip"),
  dict(data_page_version="2.0", compression="snappy"),
  dict(data_page_version="2.0", use_dictionary=False, compression="none"),
  dict(use_dictionary=False, column_encoding={"id": "DELTA_BINARY_PACKED", "name": "DELTA_BYTE_ARRAY"}),
]
t = c.create_table("sales.orders", table(0).schema)
for at, way in enumerate(ways):
    p = w + "/" + str(at) + ".parquet"
    pq.write_table(table(at * n), p, data_page_size=900, write_batch_size=100, **way)
    t.add_files(["file://" + p])
None`);
    const ids = [0, 1, 2, 3, 4, 5].map((file) => file * 9000 + 4321);
    await merge(ids);
  });

  it('are rewritten in bounded memory', async () => {
    await prepare(`
n = 1_000_000
i = np.arange(n)
a = pa.table({
  "id": pa.array(i, pa.int64()), "name": pa.array([f"name {x % 5000}" for x in i]), "k1": pa.array(i % 1000, pa.int64()), "k2": pa.array((i * 7) % 50, pa.int32()),
  "f": pa.array((i % 997) / 8.0), "g": pa.array(i % 3 == 0), "d": pa.array((i % 3650).astype("int32"), pa.date32()), "ts": pa.array(i * 1_000_000, pa.timestamp("us")),
  "city": pa.array([f"city {x % 40}" if x % 10 else None for x in i]), "row": pa.array([f"row number {x}" for x in i]), "same": pa.array(["constant"] * n),
})
t = c.create_table("sales.orders", a.schema)
t.append(a)
del a
None`);
    const { peakMemoryBytes } = await merge([5]);
    expect(peakMemoryBytes).toBeGreaterThan(40 * MEBIBYTE);
    // A row group of a million rows, decoded at once, took 1.4 GiB. Most of this is what writing takes.
    expect(peakMemoryBytes).toBeLessThan(300 * MEBIBYTE);
  });
});
