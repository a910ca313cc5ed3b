import { CalveError } from '@calve/core';
import { visibleText } from '@calve/core/node';
import { exitCodeOf } from '../exit-code.ts';
import { busyLine } from '../render/event-lines.ts';
import { resetPreviewLines } from '../render/ledger-lines.ts';
import { filesText } from '../render/run-lines.ts';
import type { Command, CommandAnswer, CommandContext } from './command.ts';
import { type Ingestion, openIngestion } from './ingestion.ts';

/** `calve reset`: begins a ledger anew; without a choice it shows what each one means, and ends as a command line that lacks something. */
export const reset: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec, table } = ingestion;
  await using calve = opened;
  const { signal, note } = context;
  if (!given.choice) return await undecided(ingestion, context);
  const result = await calve.reset(spec, {
    ...given.choice,
    signal,
    ...(given.ifBusy && { ifBusy: given.ifBusy }),
    onWaiting: (heldBy) => note([busyLine(heldBy)]),
  });
  const begins = `The ledger "${spec.id}" begins anew, after commit ${result.committed[spec.outputs[0]?.name ?? ''] ?? 0} of ${table}.`;
  const files = given.choice.fromNow
    ? `${filesText(result.countedAsLoaded)} of the landing folder count${result.countedAsLoaded === 1 ? 's' : ''} as loaded; what comes later loads with:`
    : 'All files of the landing folder load with:';
  return {
    document: { command: 'reset', exitCode: 0, error: null, reset: { preview: null, result } },
    text: `${[begins, `${files} ${context.lineOf('run')}`].map(visibleText).join('\n')}\n`,
  };
};

async function undecided({ calve, spec, names }: Ingestion, { signal, lineOf }: CommandContext): Promise<CommandAnswer> {
  const preview = await calve.previewReset(spec, { signal });
  const cause = new CalveError(
    'OPTIONS_INVALID',
    'A reset has to be told what becomes of the files, and was not: nothing was changed.',
    {
      recovery: { kind: 'decide', choices: ['add --reload', 'add --from-now'] },
    },
  );
  const lines = [
    ...resetPreviewLines(preview, names),
    'Nothing was changed. To do it, one of:',
    ...['--reload', '--from-now'].map((choice) => `  ${lineOf('reset', [choice])}`),
  ];
  if (preview.ledger === null && Object.values(preview.proven).some((sequence) => sequence > 0)) {
    lines.push(`The ledger may be rebuilt from the table instead: ${lineOf('adopt')}`);
  }
  const error = cause.toJSON();
  return {
    document: { command: 'reset', exitCode: exitCodeOf(error), error, reset: { preview, result: null } },
    text: `${lines.map(visibleText).join('\n')}\n`,
    cause,
  };
}
