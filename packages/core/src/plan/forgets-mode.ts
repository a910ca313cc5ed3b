import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { IngestionSpec, OutputSpec, WriteMode } from '../spec/ingestion-spec.ts';
import { writeModeOf } from '../spec/write-mode.ts';

/** How the last commit wrote the rows of an output of which the spec names no mode; undefined: it added them, or the spec says how. Pure. */
export function forgottenMode(
  { name, mode }: Pick<OutputSpec, 'name' | 'mode'>,
  head: VersionedHead | 'absent',
): WriteMode | undefined {
  if (mode !== undefined || head === 'absent') return undefined;
  const { modes = {} } = head.head;
  return Object.hasOwn(modes, name) ? modes[name] : undefined;
}

/** How rows of an output are written: as the spec says, or else as the last commit wrote them. Pure. */
export function knownMode(output: Pick<OutputSpec, 'name' | 'mode'>, head: VersionedHead | 'absent'): WriteMode {
  return forgottenMode(output, head) ?? writeModeOf(output);
}

/** An output of the spec has a forgotten mode. */
export function forgetsMode({ outputs }: Pick<IngestionSpec, 'outputs'>, head: VersionedHead | 'absent'): boolean {
  return outputs.some((output) => forgottenMode(output, head) !== undefined);
}
