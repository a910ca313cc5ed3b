import { mkdir } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { applySpecPatch, type Finding, type FindingsReport, type IngestionSpec, type OfferedFix } from '@calve/core';
import { visibleText } from '@calve/core/node';
import type { Json } from '@calve/core/plugin';
import { canonicalJson, pointerSegments } from '@calve/core/plugin';
import { argumentError } from '../arguments/argument-error.ts';
import { withValues } from '../arguments/set-values.ts';
import { readJsonFile } from '../read-json-file.ts';
import type { Command } from './command.ts';
import { type Ingestion, openIngestion } from './ingestion.ts';
import { writeOutput } from './output-file.ts';

/** `calve patch`: applies fixes that `calve findings` offers to the spec, and stores it. */
export const patch: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec, specPath } = ingestion;
  await using calve = opened;
  const report = await calve.findings(spec, { signal: context.signal });
  const chosen = chosenFixes(report, given.fixes ?? [], context.lineOf('findings'));
  assertApart(chosen.map(({ fix }) => fix));
  const patched = chosen.reduce((before, { fix }) => applySpecPatch(before, fix.specPatch), spec);
  // What is stored has to be a spec, whatever a finding offered.
  const parsed = calve.parse(patched);
  const stored = await asItIsStored(
    ingestion,
    parsed,
    chosen.map(({ fix }) => fix),
    context.workingDirectory,
  );
  if (!ingestion.hasSpecFile) await mkdir(dirname(specPath), { recursive: true });
  await writeOutput(`${JSON.stringify(stored, null, 2)}\n`, 'the spec', '--spec', specPath, context.workingDirectory);
  const isAboutRows = chosen.some(({ finding }) => finding.about === 'rejected' && !finding.staysOut);
  const lines = [
    ...chosen.map(({ fix, finding }) => `Applied [${fix.number}] ${fix.title} (${finding.code})`),
    `The spec is stored in ${relative(context.workingDirectory, specPath) || specPath}${ingestion.hasSpecFile ? '' : '; commands for this landing folder begin with it from now on'}.`,
    `To go on: ${context.lineOf(isAboutRows ? 'replay' : 'run')}`,
  ];
  return {
    document: {
      command: 'patch',
      exitCode: 0,
      error: null,
      patch: { path: specPath, applied: chosen.map(({ fix }) => fix), spec: parsed },
    },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
};

interface Chosen {
  finding: Finding;
  fix: OfferedFix;
}

function chosenFixes({ findings }: FindingsReport, wanted: readonly string[], look: string): Chosen[] {
  const offered = findings.flatMap((finding) => finding.fixes.map((fix): Chosen => ({ finding, fix })));
  return [...new Set(wanted)].map((word) => {
    const found = offered.find(({ fix }) => fix.id === word || String(fix.number) === word);
    if (found) return found;
    const all = offered.length === 0 ? 'none is offered' : `1 to ${offered.length} are offered`;
    throw argumentError(`There is no fix ${word}; ${all}. To see them: ${look}`);
  });
}

/** Of two patches of one place the second would undo the first. */
function assertApart(fixes: readonly OfferedFix[]): void {
  const paths = fixes.map(({ number, specPatch }) => ({
    number,
    paths: specPatch.map((one) => `${(one as { path: string }).path}/`),
  }));
  for (const [index, one] of paths.entries())
    for (const other of paths.slice(index + 1)) {
      const isSame = one.paths.some((a) => other.paths.some((b) => a.startsWith(b) || b.startsWith(a)));
      if (isSame)
        throw argumentError(
          `Fixes ${one.number} and ${other.number} change the same place of the spec: apply one, look at the findings again, and then decide on the other.`,
        );
    }
}

/** A spec file keeps its own words and order: what it leaves to defaults stays out of it, as far as the result is the same spec. */
async function asItIsStored(
  { calve, hasSpecFile, specPath }: Ingestion,
  patched: IngestionSpec,
  fixes: readonly OfferedFix[],
  workingDirectory: string,
): Promise<unknown> {
  if (!hasSpecFile) return patched;
  const written = (await readJsonFile(specPath, 'spec', workingDirectory)) as Json;
  const values = fixes.flatMap(({ specPatch }) => specPatch as unknown as { op: string; path: string; value: Json }[]);
  if (values.some(({ op }) => op === 'remove')) return patched;
  const changed = withValues(
    written,
    values.map(({ path: pointer, value }) => ({ option: `the patch of ${pointer}`, path: pointerSegments(pointer), value })),
  );
  return canonicalJson(calve.parse(changed)) === canonicalJson(patched) ? changed : patched;
}
