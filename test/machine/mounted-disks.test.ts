import { describe, expect, it } from 'vitest';
import { FaultyWorld } from './faulty-world.ts';
import { inShell, missingMounts, withMounts } from './mounted-disks.ts';
import { requireOfMachine } from './require-machine.ts';

const RUN = 'calve run landing/lake lake --id orders --table sales.orders --state state/calve.db --limits maxRejectedRatio=1';
const ROWS = 'calve head lake --json 2>/dev/null';

/** A landing folder with one file, and a script that begins with empty disks for lake, warehouse and state. */
function world(): FaultyWorld {
  const made = new FaultyWorld();
  made.put('lake', 1);
  return made;
}
const DISKS = 'disk lake 4m; disk lake/warehouse 4m; disk state 4m;';

function idsIn(text: string): number[] {
  const { rows } = JSON.parse(text) as { rows: { rows: { id: string }[] } };
  return rows.rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
}

describe.runIf(requireOfMachine('disks of a few megabytes', missingMounts()))('a disk of its own', () => {
  it.each([
    [
      'lake/warehouse',
      /error ICEBERG_DISK_FULL: Cannot write \S+\/lake\/warehouse\/sales\/orders\/data\/\S+\.parquet: the disk is full; make room on it, then run again\./,
    ],
    [
      'lake',
      /error (COMMIT_REFUSED|ICEBERG_CATALOG_UNAVAILABLE|COMMIT_STATE_UNKNOWN): .*\/lake\/catalog\.db: the disk is full; make room on it, then run again/,
    ],
    [
      'state',
      /error CHECKPOINT_UNAVAILABLE: The state file \S+\/state\/calve\.db cannot be used: the disk is full; make room on it, then run again/,
    ],
  ])(
    'that of %s is full, in a first and in a later run: it is named, and each row is there once when there is room',
    async (disk, says) => {
      using made = world();
      made.put('later', 11);
      for (const before of ['', `${RUN}; mv landing/later/11.csv landing/lake;`]) {
        const script = `${DISKS} ${before} fill ${disk}; ${RUN}; room ${disk}; ${RUN}; ${ROWS}; ${RUN}`;
        const ends = await withMounts(script, made.path);
        const [full, roomy, rows, again] = ends.slice(-4);
        expect(full?.text).toMatch(says);
        expect(full?.text).toContain('What to do: ');
        expect(full?.text).not.toMatch(/defect|^\s+at /m);
        expect(full?.code).toBe(1);
        expect(roomy?.code, roomy?.text).toBe(0);
        expect(idsIn(rows?.text ?? '')).toEqual(before === '' ? [1, 2] : [1, 2, 11, 12]);
        expect(again?.text).toContain('Nothing new');
      }
    },
  );

  it('is read-only: a landing folder is all that Calve needs to read, and nothing else', async () => {
    using made = world();
    const ends = await withMounts(`read_only landing; ${RUN}; ${ROWS}; ${RUN}`, made.path);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(idsIn(ends[1]?.text ?? '')).toEqual([1, 2]);
    expect(ends[2]?.text).toContain('Nothing new');
  });

  it.each([
    ['lake', /error \w+: .*\/lake\/.*(read-only|may not be written)/],
    ['state', /error CHECKPOINT_UNAVAILABLE: The state file \S+\/state\/calve\.db cannot be used: .*read-only/],
  ])('is read-only: %s, which is told; the table can still be looked at, and nothing is loaded', async (folder, says) => {
    using made = world();
    made.put('later', 11);
    const script = `mkdir state lake; ${RUN}; mv landing/later/11.csv landing/lake; read_only ${folder}; ${RUN}; calve plan landing/lake lake --id orders
      --table sales.orders --state state/calve.db --limits maxRejectedRatio=1; ${ROWS}; umount ${folder}; ${RUN}; ${ROWS}`;
    const [, refused, planned, rows, later, after] = await withMounts(script.replaceAll('\n', ' '), made.path);
    expect(refused?.text).toMatch(says);
    expect(refused?.text).toContain('What to do: get the permission that the message names');
    expect(refused?.text).not.toMatch(/defect|^\s+at /m);
    expect(refused?.code).toBe(1);
    // Whoever reads a log of SQLite writes an index beside it.
    expect(planned?.code, planned?.text).toBe(folder === 'state' ? 1 : 0);
    expect(idsIn(rows?.text ?? '')).toEqual([1, 2]);
    expect(later?.code, later?.text).toBe(0);
    expect(idsIn(after?.text ?? '')).toEqual([1, 2, 11, 12]);
  });
});

describe.runIf(process.platform === 'linux')('an output that cannot be written', () => {
  it.each(['>', '2>'])('(%s /dev/full) is no success, and what was committed stays and is loaded once', async (where) => {
    using made = world();
    const [lost, again, rows] = await inShell(`${RUN} ${where} /dev/full; ${RUN}; ${ROWS}`, made.path);
    expect(lost?.code).toBe(1);
    if (where === '>')
      expect(lost?.text).toMatch(
        /error OUTPUT_LOST: The answer of this command could not be written to stdout: its disk is full\. What the command did stays done\./,
      );
    expect(lost?.text).not.toContain('defect');
    expect(again?.text).toContain('Nothing new');
    expect(idsIn(rows?.text ?? '')).toEqual([1, 2]);
  });
});
