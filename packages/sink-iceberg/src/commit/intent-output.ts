import type { CommitIntent, IntentOutput, Json, ProgramOutput } from '@calve/core/plugin';
import { CalveError, z } from '@calve/core/plugin';
import type { DataFileDescription } from '../datafile/data-file.ts';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import { targetOf } from '../iceberg-sink-options.ts';

/** One output of an intent with all that belongs to it. */
export interface OutputOfIntent {
  planned: ProgramOutput;
  journaled: IntentOutput;
  target: IcebergTarget;
  isFirst: boolean;
}

/** Finds an output by its name. @throws {CalveError} `INTERNAL`: the intent has none of this name. */
export function outputOf(intent: CommitIntent, name: string): OutputOfIntent {
  const planned = intent.program.outputs.find((output) => output.name === name);
  const journaled = intent.outputs[name];
  if (!planned || !journaled)
    throw new CalveError('INTERNAL', `The intent ${intent.commitId} has no output "${name}".`, { context: { output: name } });
  return { planned, journaled, target: targetOf(planned.target), isFirst: intent.program.outputs[0]?.name === name };
}

const numbers = z.record(z.string(), z.int());
const bounds = z.record(z.string(), z.string());
const dataFile = z.looseObject({
  path: z.string(),
  sizeBytes: z.int().min(1),
  rows: z.int().min(0),
  specId: z.int(),
  sortOrderId: z.int().exactOptional(),
  partition: z.array(z.union([z.null(), z.boolean(), z.number(), z.string()])),
  columnSizes: numbers,
  valueCounts: numbers,
  nullCounts: numbers,
  nanCounts: numbers,
  lowerBounds: bounds,
  upperBounds: bounds,
  splitOffsets: z.array(z.int()),
});

/**
 * The data files that were staged for an output, sorted by path, so that every process writes the same manifest.
 *
 * @throws {CalveError} `INTERNAL`: the journal holds something else, or one path twice.
 */
export function stagedFiles(output: IntentOutput): DataFileDescription[] {
  const files = output.staged.flatMap((staged) => staged.files.map(describe));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const twice = files.find((file, at) => file.path === files[at + 1]?.path);
  if (twice) throw new CalveError('INTERNAL', `The data file ${twice.path} was staged twice.`, { context: { path: twice.path } });
  return files;
}

function describe(file: Json): DataFileDescription {
  const parsed = dataFile.safeParse(file, { jitless: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CalveError(
    'INTERNAL',
    `A staged file is not described as this sink does it: ${issue?.path.join('.')}: ${issue?.message}.`,
    {
      context: { file },
    },
  );
}
