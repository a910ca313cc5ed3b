import type { Command } from './command.ts';
import { followRun } from './follow-run.ts';
import { openIngestion } from './ingestion.ts';
import { loadedElsewhere } from './loaded-elsewhere.ts';

/** `calve run`: loads what is new until nothing is left. */
export const run: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  await using calve = ingestion.calve;
  context.note(await loadedElsewhere(ingestion, given, context.workingDirectory));
  const handle = calve.run(ingestion.spec, { signal: context.signal, allow: given.allow });
  const { exitCode, error, cause, run, text } = await followRun(handle, ingestion, given, context);
  return { document: { command: 'run', exitCode, error, run }, text, cause, names: ingestion.names };
};
