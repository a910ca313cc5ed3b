import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { IngestionSpec, WriteMode } from '../spec/ingestion-spec.ts';
import { forgottenMode } from './forgets-mode.ts';

/**
 * A spec that names no mode adds rows. Where the commits before merged or overwrote them, that is a mode that somebody forgot: the same rows would
 * be there twice.
 *
 * @throws {CalveError} `WRITE_MODE_MISSING` (decide), with a patch for each way to go on.
 */
export function assertModesNamed({ outputs }: Pick<IngestionSpec, 'outputs'>, head: VersionedHead | 'absent'): void {
  for (const [index, output] of outputs.entries()) {
    const before = forgottenMode(output, head);
    if (before === undefined) continue;
    const { name } = output;
    const diagnostic = missingMode(index, name, before);
    throw new CalveError('WRITE_MODE_MISSING', diagnostic.message, {
      recovery: { kind: 'decide', choices: ['change the spec as the findings propose'] },
      context: { output: name, mode: before.kind },
      diagnostics: [diagnostic],
    });
  }
}

function missingMode(index: number, name: string, before: WriteMode): Diagnostic {
  const named = (mode: WriteMode): Json[] => [{ op: 'add', path: `/outputs/${index}/mode`, value: mode }];
  return {
    code: 'WRITE_MODE_MISSING',
    severity: 'error',
    message: `The last commit of output "${name}" ${wordsOf(before)}, and the spec names no mode: rows would be added, beside those that they should replace.`,
    fixes: [
      { title: `Go on as before: ${before.kind}`, specPatch: named(before) },
      { title: 'Add rows from now on, whatever the table has', specPatch: named({ kind: 'append' }) },
    ],
  };
}

function wordsOf(mode: WriteMode): string {
  switch (mode.kind) {
    case 'merge':
      return `merged its rows by ${mode.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'overwrite-partitions':
      return 'replaced whole partitions';
    case 'overwrite-table':
      return 'replaced the whole table';
    case 'append':
      return 'added rows';
  }
}
