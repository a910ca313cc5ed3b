import { RunRecording } from '@calve/core';
import { writeRunBundle } from './bundle.ts';
import type { Command } from './command.ts';
import { followRun } from './follow-run.ts';
import { openIngestion } from './ingestion.ts';
import { loadedElsewhere } from './loaded-elsewhere.ts';
import { checkOutput } from './output-file.ts';

/** `calve run`: loads what is new until nothing is left. */
export const run: Command = async (given, context) => {
  if (given.bundle !== undefined) await checkOutput('--bundle', given.bundle, context.workingDirectory);
  const ingestion = await openIngestion(given, context);
  await using calve = ingestion.calve;
  context.note(await loadedElsewhere(ingestion, given, context.workingDirectory));
  const recording = new RunRecording();
  if (given.bundle !== undefined) calve.on('event', recording.add);
  const handle = calve.run(ingestion.spec, {
    signal: context.signal,
    allow: given.allow,
    ...(given.ifBusy && { ifBusy: given.ifBusy }),
  });
  const { exitCode, error, cause, run, text } = await followRun(handle, ingestion, given, context);
  await writeRunBundle(recording, ingestion, given, context);
  return { document: { command: 'run', exitCode, error, run }, text, cause, names: ingestion.names };
};
