import { createCalve, type Json, memorySource, memoryState } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import type { FormatPlugin } from '@calve/core/plugin';
import { canonicalJson } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { memorySink, seededRandom } from '@calve/testkit';
import { describe, expect, it } from 'vitest';

const KIB = 1024;
const types = { id: { type: { kind: 'int64' } }, name: { type: { kind: 'string' } } } as const;

/** The format, which notes in `asked` how much of each file may be looked at. */
function noting<Plugin extends Pick<FormatPlugin, 'decoder'>>(format: Plugin, asked: number[]): Plugin {
  const create: Plugin['decoder']['create'] = async (...from) => {
    const decoder = await format.decoder.create(...from);
    return {
      ...decoder,
      observe: (reader, options, budgetBytes, ...rest) => {
        asked.push(budgetBytes);
        return decoder.observe(reader, options, budgetBytes, ...rest);
      },
    };
  };
  return { ...format, decoder: { ...format.decoder, create } };
}

/** A file of so many bytes at most. */
function fileOf(format: 'csv' | 'json', bytes: number): string {
  const name = 'Ann'.repeat(200);
  const record = format === 'csv' ? `1,${name}\n` : `{"id":1,"name":"${name}"}\n`;
  const head = format === 'csv' ? 'id,name\n' : '';
  return head + record.repeat(Math.floor(bytes / record.length));
}

/** An instance whose clock and randomness are the same each time. */
function calveFor(files: Record<string, string>, asked: number[]) {
  const random = seededRandom(1);
  return createCalve({
    sources: { memory: memorySource(files) },
    formats: { csv: noting(csvFormat(), asked), json: noting(jsonFormat(), asked) },
    sinks: { lake: memorySink() },
    state: memoryState(),
    environment: { ...nodeEnvironment(), now: () => Date.UTC(2026, 0, 1), random: (bytes) => random.bytes(bytes) },
  });
}

function specOf(format: Json, columns: object): Json {
  return {
    specVersion: 1,
    id: 'parts',
    input: { source: 'memory', options: {}, format, settleSeconds: 0, onSameContent: 'load' },
    outputs: [{ name: 'main', sink: 'lake', options: { table: 'a.b' }, columns: columns as Json }],
  };
}

/** How much is looked at of files of so many bytes. */
async function lookedAt(
  format: 'csv' | 'json',
  sizes: readonly number[],
  columns: object,
  verb: 'plan' | 'run' = 'plan',
): Promise<number[]> {
  const asked: number[] = [];
  const files = Object.fromEntries(sizes.map((bytes, index) => [`${index}.${format}`, fileOf(format, bytes)]));
  await using calve = calveFor(files, asked);
  await calve[verb](calve.parse(specOf({ name: format, options: {} }, columns)));
  return asked;
}

describe('files whose types are given', () => {
  it('are looked at by a run as a whole when they are small, else in a sixteenth of them, 64 to 256 KiB', async () => {
    expect(await lookedAt('csv', [60 * KIB], types, 'run')).toEqual([Number.POSITIVE_INFINITY]);
    const [small, medium, large] = await lookedAt('csv', [200 * KIB, 2048 * KIB, 6000 * KIB], types, 'run');
    expect([small, large]).toEqual([64 * KIB, 256 * KIB]);
    expect(medium! / KIB).toBeCloseTo(128, 0);
  });

  it('are looked at by a plan in 256 KiB, for whoever reads it', async () => {
    expect(await lookedAt('csv', [200 * KIB], types)).toEqual([Number.POSITIVE_INFINITY]);
    expect(await lookedAt('csv', [2048 * KIB], types)).toEqual([256 * KIB]);
  });

  it('are looked at as a whole when one column has none', async () => {
    expect(await lookedAt('csv', [200 * KIB], { id: types.id }, 'run')).toEqual([64 * KIB, Number.POSITIVE_INFINITY]);
  });

  it('and whose members only their records tell are looked at in 256 KiB by a run', async () => {
    expect(await lookedAt('json', [400 * KIB, 300 * KIB], types, 'run')).toEqual([64 * KIB, 256 * KIB, 64 * KIB, 256 * KIB]);
    const { POSITIVE_INFINITY: all } = Number;
    expect(await lookedAt('json', [400 * KIB, 300 * KIB], types)).toEqual([256 * KIB, all, 256 * KIB, all]);
  });

  it('of several formats in one folder give the same plan, whatever was planned before in the process', async () => {
    const csv = fileOf('csv', 2048 * KIB);
    const files = { '0.csv': csv, '1.json': fileOf('json', 400 * KIB), '2.csv': `${csv}2,last\n` };
    const looks: number[][] = [];
    const plans: string[] = [];
    await using first = calveFor(files, []);
    const spec = first.parse(specOf('detect', types));
    for (let time = 0; time < 2; time += 1) {
      const asked: number[] = [];
      // What one instance has looked at it knows.
      await using calve = calveFor(files, asked);
      plans.push(canonicalJson(await calve.plan(spec)));
      looks.push(asked);
    }
    expect(plans[1]).toBe(plans[0]);
    expect(looks[1]).toEqual(looks[0]);
    expect(looks[0]).toHaveLength(4);
  });
});
