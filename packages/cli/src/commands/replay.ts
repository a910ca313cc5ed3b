import { visibleText } from '@calve/core/node';
import { replayPreviewLines } from '../render/replay-preview-lines.ts';
import type { Command } from './command.ts';
import { followRun } from './follow-run.ts';
import { openIngestion } from './ingestion.ts';

/** `calve replay`: loads what was set aside. */
export const replay: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec, names } = ingestion;
  await using calve = opened;
  const { signal } = context;
  const filter = given.filter ?? {};
  if (given.dryRun) {
    const preview = await calve.previewReplay(spec, filter, { signal });
    return {
      document: { command: 'replay', exitCode: 0, error: null, run: null, preview },
      text: `${replayPreviewLines(preview, names).map(visibleText).join('\n')}\n`,
    };
  }
  const handle = calve.replay(spec, filter, { signal, allow: given.allow, ...(given.ifBusy && { ifBusy: given.ifBusy }) });
  const { exitCode, error, cause, run, text } = await followRun(handle, ingestion, given, context);
  return { document: { command: 'replay', exitCode, error, run, preview: null }, text, cause, names };
};
