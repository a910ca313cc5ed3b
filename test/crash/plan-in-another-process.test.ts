import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPECTED_IDS, ingestOnce, makeSampleFolder, readLake } from './sample-lake.ts';

describe('a plan that went through JSON', () => {
  it('is applied by another process, and once however often it is applied', async () => {
    const folder = await makeSampleFolder();
    const plan = join(folder, 'plan.json');
    expect((await ingestOnce(folder, '--plan-to', plan)).code).toBe(0);
    const first = await ingestOnce(folder, '--apply-from', plan);
    expect(JSON.parse(first.output)).toMatchObject({
      outcome: 'committed',
      counts: { main: { read: 240, written: 238, rejected: 2 } },
    });
    const second = await ingestOnce(folder, '--apply-from', plan);
    expect(JSON.parse(second.output)).toMatchObject({ outcome: 'nothing-new' });
    expect((await readLake(folder)).ids).toEqual(EXPECTED_IDS);
  });

  it('commits once when two processes apply it at the same time on an empty warehouse', async () => {
    for (let round = 0; round < 5; round += 1) {
      const folder = await makeSampleFolder();
      const plan = join(folder, 'plan.json');
      expect((await ingestOnce(folder, '--plan-to', plan)).code).toBe(0);
      const both = await Promise.all([ingestOnce(folder, '--apply-from', plan), ingestOnce(folder, '--apply-from', plan)]);
      expect(both.map(({ errors }) => errors)).toEqual(['', '']);
      const outcomes = both.map(({ output }) => (JSON.parse(output) as { outcome: string }).outcome);
      expect(outcomes).toContain('committed');
      const lake = await readLake(folder);
      expect(lake.ids).toEqual(EXPECTED_IDS);
      expect(lake.rejected).toHaveLength(2);
    }
  });

  it('is refused when it was changed', async () => {
    const folder = await makeSampleFolder();
    const path = join(folder, 'plan.json');
    expect((await ingestOnce(folder, '--plan-to', path)).code).toBe(0);
    const plan = JSON.parse(readFileSync(path, 'utf8')) as { spec: { labels?: unknown } };
    plan.spec.labels = { changed: 'yes' };
    writeFileSync(path, JSON.stringify(plan));
    const ended = await ingestOnce(folder, '--apply-from', path);
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.errors)).toMatchObject({ code: 'PLAN_INVALID', recovery: { kind: 'replan' } });
  });
});
