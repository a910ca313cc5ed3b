import type { Diagnostic } from '@calve/core';
import { FILE_URI } from '@calve/core/plugin';

/** Findings that say the same of other files, lines and numbers. */
export interface SimilarFindings {
  first: Diagnostic;
  count: number;
  /** How many files they are about; 0: they name none. */
  files: number;
}

/**
 * Puts findings of one code together that say the same, in the order of their first ones.
 *
 * @param most So many groups are told apart; `others` are the findings that fit none of them.
 */
export function similarFindings(findings: readonly Diagnostic[], most: number): { groups: SimilarFindings[]; others: number } {
  const groups = new Map<string, SimilarFindings & { names: Set<string> }>();
  let others = 0;
  for (const finding of findings) {
    const shape = shapeOf(finding);
    let group = groups.get(shape);
    if (group === undefined && groups.size >= most) {
      others += 1;
      continue;
    }
    if (group === undefined) {
      group = { first: finding, count: 0, files: 0, names: new Set() };
      groups.set(shape, group);
    }
    group.count += 1;
    if (ONE_PER_FILE.has(finding.code)) continue;
    const file = fileOf(finding);
    if (file !== '') group.names.add(file);
  }
  return {
    groups: [...groups.values()].map(({ first, count, names }) => ({
      ...{ first, count },
      files: ONE_PER_FILE.has(first.code) ? count : names.size,
    })),
    others,
  };
}

/** How each file was recognised is one kind of news, whatever the reasons. */
const ONE_PER_FILE = new Set(['FORMAT_DETECTED']);

/** What stays the same from file to file: the words without places and numbers. Names of columns and values are words. */
function shapeOf({ code, message }: Diagnostic): string {
  if (ONE_PER_FILE.has(code)) return code;
  return message
    .replace(FILE_URI, '')
    .split('"')
    .map((part, place) => (place % 2 === 0 ? part.replace(/[\d,.]*\d/g, '#') : part))
    .join('"');
}

/** Without its version; empty when the finding is about no file. */
function fileOf({ at, message }: Diagnostic): string {
  const named = at?.unit || (message.match(FILE_URI)?.[0] ?? '');
  return named.split('#', 1)[0] ?? '';
}
