import type { IngestionPlan } from '@calve/core';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { FileSetAside, QuarantinedBefore } from '../documents.ts';
import { type ExitCode, exitCodeOfFiles } from '../exit-code.ts';
import { fileSetAside } from './file-set-aside.ts';
import type { Ingestion } from './ingestion.ts';
import { quarantinedBefore } from './quarantined-before.ts';

/** The files that a plan leaves out for a reason, and the exit code that this means: that of a run. */
export async function setAsideInPlan(
  { batch }: IngestionPlan,
  allow: CommandArguments['allow'],
  { spec, paths, names }: Pick<Ingestion, 'spec' | 'paths' | 'names'>,
): Promise<{ setAside: FileSetAside[]; before: QuarantinedBefore; exitCode: ExitCode }> {
  const setAside = batch.setAside.flatMap((record) => fileSetAside(record, names) ?? []);
  const before = await quarantinedBefore(batch.skipped, spec, paths.state, names);
  const open = [...setAside, ...before.examples].filter(({ state }) => state !== 'skipped' && !allow.includes(state));
  const hasFailed = open.some(({ state }) => state === 'failed');
  return { setAside, before, exitCode: exitCodeOfFiles({ hasFailed, codes: open.map(({ code }) => code) }) };
}
