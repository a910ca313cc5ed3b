import { describe, expect, it } from 'vitest';
import { addFile, EXPECTED_IDS, ingestOnce, makeSampleFolder, readLake } from './sample-lake.ts';
import { stepLabels } from './step-labels.ts';

const labels = stepLabels('core', 'sink-iceberg');
/** Steps that the first run passes once per output: the table, then its rejected rows. */
const perOutput = labels.filter(
  (label) => label.startsWith('iceberg.') || label === 'core.commit.committing' || label === 'core.commit.answered',
);

describe('a process that is killed at a step', () => {
  it('has steps in prepare and in send of the sink, and around them in core', () => {
    for (const part of ['iceberg.prepare.', 'iceberg.send.', 'core.apply.', 'core.commit.']) {
      expect(labels.filter((label) => label.startsWith(part)).length, part).toBeGreaterThan(0);
    }
  });

  it.each([...labels, ...perOutput.map((label) => `${label}#2`)])(
    '%s: the next run ends with the same rows, each once (R126)',
    async (label) => {
      const folder = await makeSampleFolder();
      const killed = await ingestOnce(folder, '--kill-at', label);
      expect(killed.signal, `the process did not pass ${label}: ${killed.errors}`).toBe('SIGKILL');

      const second = await ingestOnce(folder);
      expect(second.errors).toBe('');
      expect(second.code).toBe(0);
      const lake = await readLake(folder);
      expect(lake.ids).toEqual(EXPECTED_IDS);
      expect(lake.rejected).toHaveLength(2);

      const third = await ingestOnce(folder);
      expect(JSON.parse(third.output)).toMatchObject({ outcome: 'nothing-new' });
    },
  );

  it.each(labels)('%s, while adding to an existing table: nothing is lost and nothing is doubled (R126, R135)', async (label) => {
    const folder = await makeSampleFolder();
    expect((await ingestOnce(folder)).code).toBe(0);
    await addFile(folder, 'orders-2.csv', [
      'id,ordered_at,note,coupon',
      '1000,2026-03-05T10:00:00,late,A',
      '1001,2026-03-05T11:00:00,later,',
    ]);
    const killed = await ingestOnce(folder, '--kill-at', label);
    expect(killed.signal, `the process did not pass ${label}: ${killed.errors}`).toBe('SIGKILL');
    // What arrives between the crash and the next run must not change what was announced.
    await addFile(folder, 'orders-3.csv', ['id,ordered_at,note', '2000,2026-03-06T10:00:00,after the crash']);
    const second = await ingestOnce(folder);
    expect(second.errors).toBe('');
    expect((await readLake(folder)).ids).toEqual([...EXPECTED_IDS, 1000, 1001, 2000]);
  });
});
