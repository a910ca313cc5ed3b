import { execFileSync } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from './mishap-world.ts';

const NAMES = [
  'line\nbreak.csv',
  'tab\tand \u001b[31mcolour.csv',
  'a#b.csv',
  '100%.csv',
  '100%25.csv',
  'what?.csv',
  'a b+c&d=e.csv',
  '"quoted" \'twice\'.csv',
  'back\\slash.csv',
  '*.csv',
  '{a,b}[c].csv',
  'file:..csv',
  '–dash –rf.csv',
  'über 😀 藤井.csv',
  // The same to people, other bytes: e and a combining accent, and the letter with its accent.
  'e\u0301.csv',
  '\u00e9.csv',
  'toString.csv',
  'constructor',
  'CON.csv',
  'ends with a dot.',
  ' begins with a space.csv',
  `${'n'.repeat(251)}.csv`,
  `${'😀'.repeat(62)}.csv`,
];

describe('a landing folder with odd names', () => {
  it('loads each file once, and names it exactly', async () => {
    await using world = await MishapWorld.start();
    for (const [id, name] of NAMES.entries()) await world.write(`landing/${name}`, rowsOf(id));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: NAMES.length } });
    const ids = NAMES.map((_, id) => id);
    expect(await world.ids()).toEqual(ids);
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 0 } });
    await using calve = world.calve();
    const { rows } = await calve.head(world.spec(), { rows: 100 });
    const names = rows.map((row) => decodeURIComponent(new URL(String(row['_source_file'])).pathname.split('/').at(-1)!));
    expect(names.sort()).toEqual([...NAMES].sort());
  });

  it('leaves out what cannot be named, with the reason', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    for (const byte of [0xff, 0xe9]) {
      await writeFile(
        Buffer.concat([Buffer.from(`${world.at('landing')}/bad`), Buffer.from([byte]), Buffer.from('.csv')]),
        rowsOf(2),
      );
    }
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(told.events).toContainEqual(
      expect.objectContaining({
        kind: 'planned',
        skipped: [
          {
            reason: 'The name is not valid UTF-8, so the file cannot be opened; rename it.',
            count: 2,
            examples: expect.any(Array),
          },
        ],
      }),
    );
  });

  it('leaves out pipes, sockets and devices without opening them', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    execFileSync('mkfifo', [world.at('landing/pipe.csv')]);
    const server = createServer();
    await new Promise<void>((listening) => server.listen(world.at('landing/socket.csv'), listening));
    const isRoot = process.getuid?.() === 0;
    // Only root may make a device; the kind is the same for all three.
    if (isRoot) execFileSync('mknod', [world.at('landing/device.csv'), 'c', '1', '5']);
    const told = await world.run();
    server.close();
    expect(told).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(told.events).toContainEqual(
      expect.objectContaining({
        kind: 'planned',
        skipped: [{ reason: 'is neither a file nor a folder.', count: isRoot ? 3 : 2, examples: expect.any(Array) }],
      }),
    );
    expect(await world.run({ landing: 'landing/pipe.csv' })).toMatchObject({
      outcome: 'failed',
      code: 'OPTIONS_INVALID',
      said: [expect.stringMatching(/pipe\.csv is neither a folder nor a file\.$/)],
    });
  });

  it('says that a folder is too deep to be reached, instead of taking it for empty', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    // Each half can be named, and the whole, once one hangs below the other, is longer than any call takes.
    const half = `${'d'.repeat(250)}/`.repeat(9);
    await mkdir(world.at(`landing/${half}`), { recursive: true });
    await world.write(`other/${half}deep.csv`, rowsOf(2));
    await rename(world.at('other'), world.at(`landing/${half}other`));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'failed', code: 'UNITS_SET_ASIDE', units: { ingested: 1, failed: 1 } });
    expect(told.said).toContainEqual(
      expect.stringMatching(
        /^The folder \S+ cannot be reached: the name or path is longer than the system allows; use shorter names\. None of its files is known/,
      ),
    );
    await rename(world.at(`landing/${half}other`), world.at('other'));
    expect((await world.run()).outcome).toBe('nothing-new');
  });
});
