import { CalveError } from '@calve/core';
import { visibleText } from '@calve/core/node';
import { exitCodeOf } from '../exit-code.ts';
import { busyLine } from '../render/event-lines.ts';
import { rollbackAcceptedText, rollbackPreviewLines } from '../render/rollback-lines.ts';
import type { Command, CommandAnswer, CommandContext } from './command.ts';
import { type Ingestion, openIngestion, tableNamesByOutput } from './ingestion.ts';

/** `calve accept-rollback`: goes on with a table that was rolled back; without a choice it shows what each one means, as `calve reset` does. */
export const acceptRollback: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec } = ingestion;
  await using calve = opened;
  const { signal } = context;
  if (!given.rollback) return await undecided(ingestion, context);
  const result = await calve.acceptRollback(spec, {
    ...given.rollback,
    signal,
    ...(given.ifBusy && { ifBusy: given.ifBusy }),
    onWaiting: (heldBy) => context.note([busyLine(heldBy)]),
  });
  const what = given.rollback.reingest ? 'Load them with' : 'What comes later loads with';
  const next = result.outcome === 'accepted' ? [`${what}: ${context.lineOf('run')}`] : [];
  return {
    document: { command: 'accept-rollback', exitCode: 0, error: null, acceptRollback: { preview: null, result } },
    text: `${[rollbackAcceptedText(result, given.rollback.reingest === true), ...next].map(visibleText).join('\n')}\n`,
  };
};

async function undecided({ calve, spec, names }: Ingestion, { signal, lineOf }: CommandContext): Promise<CommandAnswer> {
  const preview = await calve.previewAcceptRollback(spec, { signal });
  const lines = rollbackPreviewLines(preview, names, tableNamesByOutput(spec));
  const acceptRollback = { preview, result: null };
  if (Object.keys(preview.tables).length === 0) {
    const text = `${lines.map(visibleText).join('\n')}\n`;
    return { document: { command: 'accept-rollback', exitCode: 0, error: null, acceptRollback }, text };
  }
  const choices = preview.isTold ? ['--reingest', '--leave-out'] : ['--leave-out'];
  const cause = new CalveError(
    'OPTIONS_INVALID',
    'It has to be said what becomes of the files whose rows went, and was not: nothing was changed.',
    { recovery: { kind: 'decide', choices: choices.map((choice) => `add ${choice}`) } },
  );
  const error = cause.toJSON();
  const ways = ['Nothing was changed. To do it, one of:', ...choices.map((choice) => `  ${lineOf('accept-rollback', [choice])}`)];
  return {
    document: { command: 'accept-rollback', exitCode: exitCodeOf(error), error, acceptRollback },
    text: `${[...lines, ...ways].map(visibleText).join('\n')}\n`,
    cause,
  };
}
