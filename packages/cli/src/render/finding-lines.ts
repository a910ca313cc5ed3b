import type { Diagnostic } from '@calve/core';
import type { FileNames } from './file-names.ts';
import { fixText } from './fix-text.ts';
import { optionWords } from './option-words.ts';

/** Findings of one code that are shown in full. */
const SHOWN = { error: 10, warning: 5, info: 3 } as const;

/** What a screen needs to know to speak of findings. */
export interface FindingContext {
  names: FileNames;
  /** The user has a spec that can be changed. */
  hasSpecFile: boolean;
}

/** Where to get a spec from; said once, beneath fixes that need one. */
export const SPEC_HINT = 'A spec: calve plan … --json prints one as plan.spec; store it, change it, and name it with --spec.';

/** Findings for people: code, place, words and what to do. Many of one code are shortened with a count. */
export function findingLines(findings: readonly Diagnostic[], context: FindingContext): string[] {
  const lines: string[] = [];
  let needsSpec = false;
  for (const same of Map.groupBy(findings, ({ code }) => code).values()) {
    const most = SHOWN[same[0]?.severity ?? 'info'];
    const shown = same.length <= most + 1 ? same : same.slice(0, most);
    for (const finding of shown) {
      lines.push(headline(finding, context), ...messageLines(finding.message, context, '  '));
      if (finding.severity === 'info') continue;
      for (const fix of finding.fixes ?? []) {
        const { text, needsSpec: needs } = fixText(fix, context.hasSpecFile);
        lines.push(`  -> ${text}`);
        needsSpec ||= needs && !context.hasSpecFile;
      }
    }
    if (shown.length < same.length) lines.push(`… and ${same.length - shown.length} more ${same[0]?.code} (--json lists all)`);
  }
  return needsSpec ? [...lines, `  ${SPEC_HINT}`] : lines;
}

function headline({ severity, code, at }: Diagnostic, { names }: FindingContext): string {
  const word = severity === 'info' ? 'note' : severity;
  if (at === undefined || at.unit === '') return `${word} ${code}`;
  return `${word} ${code}  ${names.of(at.unit)}${at.line === undefined ? '' : `:${at.line}`}`;
}

/** A message of core with file names instead of URIs, each of its lines indented. */
export function messageLines(message: string, { names }: FindingContext, indent: string): string[] {
  return optionWords(names.inText(message))
    .split('\n')
    .map((line) => `${indent}${line}`);
}
