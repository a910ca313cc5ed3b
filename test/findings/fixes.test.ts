import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { applySpecPatch, type Finding, type FindingsReport, type IngestionSpec } from '@calve/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import type { Provocation } from './provocation.ts';
import { ProvokedWorld } from './provoked-world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function reportOf(world: ProvokedWorld, spec: IngestionSpec): Promise<FindingsReport> {
  await using calve = world.calve();
  return await calve.findings(spec);
}

/** The findings that a provocation is about, in a world of its own. */
async function provoked({
  provoke,
  isMetByRun,
  code,
}: Provocation): Promise<{ world: ProvokedWorld; spec: IngestionSpec; found: Finding[] }> {
  const world = new ProvokedWorld();
  const spec = await provoke(world);
  if (isMetByRun) await world.run(spec);
  const { findings } = await reportOf(world, spec);
  const isMeant = (finding: Finding): boolean => (code === 'rejected' ? finding.about === 'rejected' : finding.code === code);
  return { world, spec, found: findings.filter((finding) => isMeant(finding) && finding.fixes.length > 0) };
}

/** The same cause in the same place, as something that somebody has to look at. */
function isStillThere({ findings }: FindingsReport, { about, code, column, examples }: Finding): boolean {
  const files = new Set(examples.map(({ file }) => file));
  return findings.some(
    (other) =>
      other.severity !== 'info' &&
      [other.about, other.code, other.column].join() === [about, code, column].join() &&
      other.examples.some(({ file }) => files.has(file)),
  );
}

async function assertFixed(world: ProvokedWorld, patched: IngestionSpec, finding: Finding): Promise<void> {
  if (finding.about === 'rejected') {
    const { result } = await world.replay(patched);
    expect(result.counts['main']?.written).toBeGreaterThan(0);
  }
  expect(isStillThere(await reportOf(world, patched), finding)).toBe(false);
  await world.run(patched);
  expect(isStillThere(await reportOf(world, patched), finding)).toBe(false);
}

describe('every fix of a finding', () => {
  it.for(CATALOGUE)('$code: is a patch that removes it ($title)', async (provocation) => {
    const { found } = await provoked(provocation);
    expect(found.length).toBeGreaterThan(0);
    for (const [index, finding] of found.entries())
      for (const place of finding.fixes.keys()) {
        const { world, spec, found: again } = await provoked(provocation);
        const same = again[index] as Finding;
        expect(same.id).toBe(finding.id);
        const fix = same.fixes[place];
        await using calve = world.calve();
        const patched = calve.parse(applySpecPatch(spec, fix?.specPatch ?? []));
        await assertFixed(world, patched, same);
      }
  });

  it('is in the catalogue by its code', () => {
    const known = new Set(CATALOGUE.map(({ code }) => code));
    const offered = codesWithFixes();
    expect(offered.size).toBeGreaterThan(12);
    expect([...offered].filter((code) => !known.has(code) && !NOT_OPEN.has(code))).toEqual([]);
  });

  it('removes its finding in folders that nobody thought of', async () => {
    const cell = fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: -999, max: 999 }).map(String) },
      { weight: 1, arbitrary: fc.constantFrom('n/a', '-', 'x', '1.5', '1,5', '007', '2026-03-01', '') },
    );
    const file = fc.record({
      columns: fc.uniqueArray(fc.constantFrom('id', 'amount', 'note', '_source_file'), { minLength: 1, maxLength: 3 }),
      rows: fc.array(fc.array(cell, { minLength: 3, maxLength: 4 }), { minLength: 1, maxLength: 40 }),
    });
    const policy = fc.record({
      onNewColumn: fc.constantFrom('add', 'hold', 'ignore'),
      onTypeChange: fc.constantFrom('hold', 'widen', 'reject-row'),
      onRefuted: fc.constantFrom('reject-row', 'hold'),
    });
    let fixes = 0;
    await fc.assert(
      fc.asyncProperty(file, file, policy, async (first, second, schema) => {
        const make = async (): Promise<{ world: ProvokedWorld; spec: IngestionSpec; report: FindingsReport }> => {
          const world = new ProvokedWorld();
          const spec = world.spec({ input: { format: { name: 'csv', options: { header: true } } }, schema });
          world.files['a.csv'] = textOf(first);
          await world.run(spec);
          world.files['b.csv'] = textOf(second);
          return { world, spec, report: await reportOf(world, spec) };
        };
        const { report } = await make();
        for (const { number } of report.findings.flatMap((finding) => finding.fixes)) {
          const { world, spec, report: again } = await make();
          const finding = again.findings.find((one) => one.fixes.some((fix) => fix.number === number)) as Finding;
          const fix = finding.fixes.find((one) => one.number === number);
          await using calve = world.calve();
          await assertFixed(world, calve.parse(applySpecPatch(spec, fix?.specPatch ?? [])), finding);
          fixes += 1;
        }
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
    expect(fixes).toBeGreaterThan(40);
  });
});

function textOf({ columns, rows }: { columns: string[]; rows: string[][] }): string {
  const lines = rows.map((row) => row.slice(0, columns.length).map((value) => (value.includes(',') ? `"${value}"` : value)));
  return `${[columns, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

/** Only told, and by nobody in particular: nothing waits because of it. */
const NOT_OPEN: ReadonlySet<string> = new Set();

/** Codes beside which the sources offer fixes. */
function codesWithFixes(): Set<string> {
  const codes = new Set<string>();
  for (const file of globSync('packages/*/src/**/*.ts', { cwd: ROOT })) {
    if (/\.(test|fixture)\.ts$/.test(file)) continue;
    const text = readFileSync(`${ROOT}/${file}`, 'utf8');
    for (const [, code, rest] of text.matchAll(/code: '([A-Z][A-Z_]+)'((?:(?!code: '|\n}).)*)/gs))
      if (code && rest && /\bfixes\b/.test(rest)) codes.add(code);
    if (file.endsWith('findings/unit-finding.ts'))
      for (const [, code] of text.matchAll(/code [!=]== '([A-Z_]+)'/g)) if (code) codes.add(code);
  }
  return codes;
}
