import type { Json } from '@calve/core/plugin';

/** Keys that specs of a test Calve name its source and its sink with. */
export const FILES_SOURCE = 'files';
/** See `FILES_SOURCE`. */
export const MEMORY_SINK = 'memory';

/**
 * A spec that was made for other sources and sinks, for the files and tables of a test: of the source's options only `pattern` is kept, of each
 * output's options only `table` (else the name of the output); `since` goes, as the files of a test are as old as the test. What is no spec stays as it is, for the parser to point at.
 */
export function retargetSpec(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const { input, outputs } = spec;
  return {
    ...spec,
    ...(isRecord(input) ? { input: retargetInput(input) } : {}),
    ...(Array.isArray(outputs) ? { outputs: outputs.map(retargetOutput) } : {}),
  };
}

/** The tables of a spec that `retargetSpec` gave, by what goes into them: the first of each kind. */
export function tablesOf(spec: { outputs: readonly { rows: Json; options: Json }[] }): {
  accepted: string;
  rejected: string | null;
} {
  const tableOf = (rows: string): string | null => {
    const output = spec.outputs.find((candidate) => candidate.rows === rows);
    return (output?.options as { table?: string } | undefined)?.table ?? null;
  };
  return { accepted: tableOf('accepted') ?? '', rejected: tableOf('rejected') };
}

function retargetInput({ since: _since, ...input }: Record<string, unknown>): unknown {
  return { ...input, source: FILES_SOURCE, options: only(input['options'], 'pattern') };
}

function retargetOutput(output: unknown): unknown {
  if (!isRecord(output)) return output;
  const named = only(output['options'], 'table');
  return { ...output, sink: MEMORY_SINK, options: 'table' in named ? named : { table: String(output['name']) } };
}

function only(options: unknown, member: string): Record<string, string> {
  const value = isRecord(options) ? options[member] : undefined;
  return typeof value === 'string' ? { [member]: value } : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
