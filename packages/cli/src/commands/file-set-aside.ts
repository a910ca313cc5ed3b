import type { UnitRecord } from '@calve/core';
import type { FileSetAside } from '../documents.ts';
import type { FileNames } from '../render/file-names.ts';

/** A ledger record as a file that is not loaded; null for one that is. */
export function fileSetAside({ unit, state, code, finding }: UnitRecord, names: FileNames): FileSetAside | null {
  if (state === 'ingested') return null;
  return {
    file: names.of(unit.kind === 'object' ? unit.uri : unit.key),
    state,
    code: finding?.code ?? code ?? '',
    message: finding?.message ?? '',
    fixes: finding?.fixes ?? [],
  };
}
