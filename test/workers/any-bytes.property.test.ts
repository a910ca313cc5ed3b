// Files of which nobody knows where records end, in segments of a few records: the same table as read from front to back.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@calve/testkit';
import { expect, it } from 'vitest';
import { threadsInProcess } from './threads-in-process.ts';
import { load } from './worker-world.ts';

const ROUNDS = 24;
const PIECES = ['a', 'bc', '1', '"', '""', '","', '\n', '"x\ny"', ',', '\r\n', 'é', '"q ""u"" o"', '5" pipe', '{"id": 3}', ' '];

it(`gives the same rows, files, rejections and findings wherever segments end (${ROUNDS} files)`, async () => {
  const seed = Number(process.env['CALVE_SEED'] ?? Math.floor(Math.random() * 1e6));
  console.log(`segments of any bytes: CALVE_SEED=${seed}`);
  const random = seededRandom(seed);
  const below = (limit: number): number => random.below(limit);
  const folder = await mkdtemp(join(tmpdir(), 'calve-any-bytes-'));
  try {
    let loaded = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const isJson = round % 4 === 3;
      const oddness = below(4) === 0 ? 0 : below(30);
      const odd = (): string => Array.from({ length: below(4) }, () => PIECES[below(PIECES.length)]).join('');
      const regular = (row: number): string =>
        isJson ? `{"id": ${row}, "name": "n ${row}"}` : `${row},"name\n${row}",${row % 7}`;
      const rows = Array.from({ length: 20 + below(150) }, (_, row) => (below(100) < oddness ? odd() : regular(row)));
      const end = !isJson && below(5) === 0 ? '\r\n' : '\n';
      await writeFile(join(folder, isJson ? 'a.json' : 'a.csv'), `${isJson ? '' : `id,name,size${end}`}${rows.join(end)}${end}`);
      const options = {
        folder,
        format: isJson ? 'json' : 'csv',
        segmentBytes: 64 + below(600),
        environment: threadsInProcess(),
      } as const;
      const [inline, shared] = [await load({ ...options, workers: 0 }), await load({ ...options, workers: 1 + below(3) })];
      const told = ({ threads: _, decodedHere: __, error, ...rest }: typeof inline) => ({
        ...rest,
        error: error?.message ?? null,
      });
      loaded += inline.error === null && shared.threads > 0 ? 1 : 0;
      expect(told(shared), `round ${round}`).toEqual(told(inline));
      await rm(join(folder, isJson ? 'a.json' : 'a.csv'));
    }
    expect(loaded).toBeGreaterThan(ROUNDS / 3);
  } finally {
    await rm(folder, { recursive: true });
  }
});
