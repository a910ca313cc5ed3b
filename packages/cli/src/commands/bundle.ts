import { bytesText, type RunRecording, type SupportBundle } from '@calve/core';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { Command, CommandContext } from './command.ts';
import { type Ingestion, openIngestion } from './ingestion.ts';
import { checkOutput, writeOutput } from './output-file.ts';

/** `calve bundle`: what to send along when something went wrong. */
export const bundle: Command = async (given, context) => {
  const { workingDirectory, signal } = context;
  if (given.output !== undefined) await checkOutput('--output', given.output, workingDirectory);
  const { calve: opened, spec } = await openIngestion(given, context);
  await using calve = opened;
  const bundle = await calve.bundle(spec, {
    signal,
    versions: platformVersions(),
    ...(given.run === undefined ? {} : { runId: given.run }),
    ...(given.withNames ? { withNames: true } : {}),
  });
  const text = textOf(bundle);
  if (given.output === undefined) context.note(contentLines(bundle));
  else {
    await writeOutput(text, 'the bundle', '--output', given.output, workingDirectory);
    context.note([`The bundle is in ${given.output} (${bytesText(Buffer.byteLength(text))}).`, ...contentLines(bundle)]);
  }
  return { document: { command: 'bundle', exitCode: 0, error: null, bundle }, text: given.output === undefined ? text : '' };
};

/**
 * Writes the bundle of a run that has just ended, with its events. A bundle that cannot be made changes nothing about how the run ended.
 *
 * @param recording Heard the run.
 */
export async function writeRunBundle(
  recording: RunRecording,
  { calve, spec }: Pick<Ingestion, 'calve' | 'spec'>,
  given: Pick<CommandArguments, 'bundle' | 'withNames'>,
  { workingDirectory, signal, note }: Pick<CommandContext, 'workingDirectory' | 'signal' | 'note'>,
): Promise<void> {
  if (given.bundle === undefined) return;
  try {
    const bundle = await calve.bundle(spec, {
      recording,
      // Who was told to stop does not begin to read files.
      plan: !signal.aborted,
      versions: platformVersions(),
      ...(given.withNames ? { withNames: true } : {}),
    });
    const text = textOf(bundle);
    await writeOutput(text, 'the bundle', '--bundle', given.bundle, workingDirectory);
    note([`The bundle of this run is in ${given.bundle} (${bytesText(Buffer.byteLength(text))}).`, ...contentLines(bundle)]);
  } catch (error) {
    note([`The bundle of this run could not be made: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function textOf(bundle: SupportBundle): string {
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

/** What whoever sends it should know. */
function contentLines(bundle: SupportBundle): string[] {
  const { names, run, truncated } = bundle;
  const files = names === 'labels' ? 'files have labels instead of names (--with-names keeps them)' : 'files have their names';
  const events =
    run === null || run.events.length === 0
      ? 'no events, since they are kept only by calve run --bundle'
      : `${run.events.length} events of run ${run.runId}`;
  const left = Object.values(truncated).reduce((sum, count) => sum + count, 0);
  return [
    `No values, no messages, no paths and no secrets are in it; names of columns and tables are, and ${files}.`,
    `In it: the spec, what the next run would do, the ledger and what it has open, what the tables say of their commits, ${events}${left === 0 ? '' : `; ${left.toLocaleString('en-US')} entries were left out`}. Look at it before you send it.`,
    ...unreadLines(bundle),
  ];
}

/** What could not be read is a part of the story, and may be a mistyped name. */
function unreadLines({ plan, folder, tables }: SupportBundle): string[] {
  const parts = Object.entries({ 'the next plan': plan, 'the folder': folder, ...tables });
  const unread = parts.flatMap(([name, part]) => (part && 'error' in part ? [`${name} (${part.error.code})`] : []));
  return unread.length === 0 ? [] : [`Not readable, which is noted in it: ${unread.join(', ')}.`];
}

function platformVersions(): Record<string, string> {
  return { node: process.versions.node, platform: process.platform, architecture: process.arch };
}
