import type { IngestionPlan } from '@calve/core';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { FileSetAside } from '../documents.ts';
import { type ExitCode, exitCodeOfFiles } from '../exit-code.ts';
import type { FileNames } from '../render/file-names.ts';
import { fileSetAside } from './file-set-aside.ts';

/** The files that a plan leaves out for a reason, and the exit code that this means. */
export function setAsideInPlan(
  plan: IngestionPlan,
  allow: CommandArguments['allow'],
  names: FileNames,
): { setAside: FileSetAside[]; exitCode: ExitCode } {
  const setAside = plan.batch.setAside.flatMap((record) => fileSetAside(record, names) ?? []);
  const open = setAside.filter(({ state }) => state !== 'skipped' && !allow.includes(state));
  return {
    setAside,
    exitCode: exitCodeOfFiles({ hasFailed: open.some(({ state }) => state === 'failed'), codes: open.map(({ code }) => code) }),
  };
}
