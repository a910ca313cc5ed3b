import { type AdoptPreview, type AdoptResult, CalveError, errorData, type UnknownFiles } from '@calve/core';
import { visibleText } from '@calve/core/node';
import { exitCodeOf } from '../exit-code.ts';
import { busyLine } from '../render/event-lines.ts';
import { adoptedText, adoptPreviewLines, nothingText } from '../render/ledger-lines.ts';
import type { Command, CommandAnswer, CommandContext } from './command.ts';
import { type Ingestion, openIngestion } from './ingestion.ts';

/** `calve adopt`: rebuilds a lost ledger from its table with `--yes`, and shows before what that means. */
export const adopt: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec, names, table } = ingestion;
  await using calve = opened;
  const { signal, note } = context;
  if (!given.yes) {
    const preview = await calve.previewAdopt(spec, { signal });
    const lines = preview.ledger === 'fits' ? [nothingText(preview)] : previewLines(preview, ingestion, given.unknown, context);
    return answer({ preview, result: null }, lines);
  }
  try {
    const result = await calve.adopt(spec, {
      signal,
      ...(given.unknown && { unknown: given.unknown }),
      ...(given.ifBusy && { ifBusy: given.ifBusy }),
      onWaiting: (heldBy) => note([busyLine(heldBy)]),
    });
    const next = result.outcome === 'adopted' ? [`What is new is loaded with: ${context.lineOf('run')}`] : [];
    return answer({ preview: null, result }, [adoptedText(result, spec.id, table), ...next]);
  } catch (cause) {
    const error = errorData(cause);
    const exitCode = exitCodeOf(error);
    const adopt = CalveError.is(cause) && isPreview(cause.context) ? { preview: cause.context, result: null } : null;
    return { document: { command: 'adopt', exitCode, error, adopt }, text: '', cause, names };
  }
};

function answer(adopt: { preview: AdoptPreview | null; result: AdoptResult | null }, lines: readonly string[]): CommandAnswer {
  return {
    document: { command: 'adopt', exitCode: 0, error: null, adopt },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
}

function previewLines(
  preview: AdoptPreview,
  { names }: Ingestion,
  unknown: UnknownFiles | undefined,
  { lineOf }: CommandContext,
): string[] {
  const isOpen = preview.mustChoose && unknown === undefined;
  const ways = isOpen
    ? [
        ['--unknown', 'load'],
        ['--unknown', 'leave'],
      ]
    : [[]];
  return [
    ...adoptPreviewLines(preview, names, unknown),
    `Nothing was changed. To do it${isOpen ? ', one of' : ''}:`,
    ...ways.map((words) => `  ${lineOf('adopt', [...words, '--yes'])}`),
  ];
}

/** What the error carries that asks what becomes of unknown files. */
function isPreview(context: unknown): context is AdoptPreview {
  return typeof (context as { mustChoose?: unknown } | null)?.mustChoose === 'boolean';
}
