import type { Diagnostic } from '@calve/core';
import type { FileNames } from './file-names.ts';
import { fixText } from './fix-text.ts';
import { optionWords } from './option-words.ts';
import { type SimilarFindings, similarFindings } from './similar-findings.ts';

/** Findings of one code that are shown. */
const SHOWN = { error: 10, warning: 5, info: 3 } as const;

/** What a screen needs to know to speak of findings. */
export interface FindingContext {
  names: FileNames;
  /** A spec file says what `--columns` would say. */
  hasSpecFile: boolean;
  /** The command applies a plan, whose spec stays as it is. */
  isPlanFixed?: boolean;
}

/** Said once, beneath fixes of a plan that cannot take them. */
export const PLAN_HINT = 'A plan keeps its spec: give these words to calve plan, and apply the new plan.';

/**
 * Findings for people: code, place, words and what to do. Those that say the same, of other files or lines, become one with a count, many of
 * one code are shortened, and a note is a single line.
 */
export function findingLines(findings: readonly Diagnostic[], context: FindingContext): string[] {
  const lines: string[] = [];
  let hasFixes = false;
  for (const [code, same] of Map.groupBy(findings, ({ code }) => code)) {
    const { groups, others } = similarFindings(same, SHOWN[same[0]?.severity ?? 'info'] + 1);
    const shown = others === 0 ? groups : groups.slice(0, -1);
    for (const group of shown) {
      lines.push(...groupLines(group, context));
      if (group.first.severity === 'info') continue;
      for (const fix of group.first.fixes ?? []) {
        lines.push(`  -> ${fixText(fix, context.hasSpecFile)}`);
        hasFixes = true;
      }
    }
    const rest = others === 0 ? 0 : others + (groups.at(-1)?.count ?? 0);
    if (rest > 0) lines.push(`… and ${rest} more ${code} (--json lists all)`);
  }
  return hasFixes && context.isPlanFixed ? [...lines, `  ${PLAN_HINT}`] : lines;
}

function groupLines(group: SimilarFindings, context: FindingContext): string[] {
  const { severity, code, message, at } = group.first;
  const place = placeText(group, context);
  // A message of a file begins with its name, which the place says already.
  const beginning = at === undefined || at.unit === '' ? '' : `${context.names.of(at.unit)}: `;
  const lines = messageLines(message, context, '');
  if (lines[0]?.startsWith(beginning)) lines[0] = lines[0].slice(beginning.length);
  if (severity !== 'info') return [`${severity} ${code}${place === '' ? '' : `  ${place}`}`, ...lines.map((line) => `  ${line}`)];
  const words = lines.join(' ');
  return [`note ${code}  ${place === '' ? '' : `${place}: `}${words}`];
}

function placeText({ first, count, files }: SimilarFindings, { names }: FindingContext): string {
  const { at } = first;
  const hasPlace = at !== undefined && at.unit !== '';
  const place = hasPlace ? `${names.of(at.unit)}${at.line === undefined ? '' : `:${at.line}`}` : '';
  if (count === 1) return place;
  if (files > 1) return `in ${files} files, first${hasPlace ? `: ${place}` : ''}`;
  return hasPlace ? `${place}, and in ${count - 1} more ${count === 2 ? 'place' : 'places'}` : `${count} times, first`;
}

/** A message of core with file names instead of URIs, each of its lines indented. */
export function messageLines(message: string, { names }: FindingContext, indent: string): string[] {
  return optionWords(names.inText(message))
    .split('\n')
    .map((line) => `${indent}${line}`);
}
