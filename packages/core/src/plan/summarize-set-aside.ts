import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';

/** Names that stand for all others. */
const NAMED = 3;
/** Up to so many copies each one is worth a sentence of its own, which names what it is a copy of. */
const FEW_COPIES = 10;

/**
 * What many files have in common that a run does not load since nothing is to be done: a landing folder that was restored from a backup, or
 * moved, is one sentence and not ten thousand. Their records stay; this is for people.
 */
export function summarizeSetAside(records: readonly Pick<UnitRecord, 'unit' | 'state' | 'finding'>[]): Diagnostic[] {
  const unchanged = records.filter(({ finding }) => finding?.code === 'OBJECT_UNCHANGED');
  const copies = records.filter(({ state, finding }) => state === 'skipped' && finding?.code === 'OBJECT_SAME_CONTENT');
  return [
    ...(unchanged.length > 0 ? [unchangedFiles(unchanged)] : []),
    ...(copies.length > FEW_COPIES ? [copiedFiles(copies)] : []),
  ];
}

function unchangedFiles(records: Parameters<typeof summarizeSetAside>[0]): Diagnostic {
  const [was, its] = records.length === 1 ? ['was', 'its'] : ['were', 'their'];
  return {
    code: 'OBJECT_UNCHANGED',
    severity: 'info',
    message: `${filesText(records)} ${was} moved, restored or touched, but ${its} content is loaded already: nothing is loaded again.`,
  };
}

function copiedFiles(records: Parameters<typeof summarizeSetAside>[0]): Diagnostic {
  return {
    code: 'OBJECT_SAME_CONTENT',
    severity: 'info',
    message: `${filesText(records)} have content that is loaded already under other names, as after moving or copying a folder: nothing is loaded a second time.`,
  };
}

function filesText(records: Parameters<typeof summarizeSetAside>[0]): string {
  const names = records.slice(0, NAMED).map(({ unit }) => (unit.kind === 'object' ? unit.uri : unit.key));
  if (records.length <= 1) return names[0] ?? '';
  return `${records.length.toLocaleString('en-US')} files (${names.join(', ')}${records.length > NAMED ? ', …' : ''})`;
}
