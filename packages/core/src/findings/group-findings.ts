import type { Diagnostic } from '../errors/diagnostic.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Fix } from './column-fixes.ts';
import type { Finding, FindingExample, FindingKind } from './findings-report.ts';

const EXAMPLES = 3;

/** One thing that was found, in one place. */
export interface Found {
  about: FindingKind;
  diagnostic: Diagnostic;
  /** URI; null: no single file. */
  file: string | null;
  /** Rejected rows it stands for; null: it is not about single rows. */
  rows: number | null;
  /** Rows that a replay leaves where they are, whatever the spec says. */
  staysOut?: boolean;
  example: FindingExample;
}

const ORDER: readonly FindingKind[] = ['failed', 'held', 'quarantined', 'rejected', 'plan'];
const SEVERITIES: readonly Diagnostic['severity'][] = ['error', 'warning', 'info'];

/**
 * Puts together what has one cause: the same code, column and fixes. Causes of files come first, then those of rows, then what the next plan says; in
 * the order in which they were found. Fixes are numbered. Pure.
 *
 * @param shortHash Eight characters that follow from a text.
 */
export function groupFindings(found: readonly Found[], shortHash: (text: string) => string): Finding[] {
  const groups = Map.groupBy(found, causeOf);
  const ids = new Map<string, number>();
  const findings = [...groups.values()].map((group): Finding => {
    const [first] = group as [Found, ...Found[]];
    const { diagnostic, about } = first;
    const { fixes = [], ...rest } = diagnostic;
    const column = diagnostic.at?.column ?? null;
    const place = shortHash(canonicalJson([about, diagnostic.code, column]));
    // The same cause with other fixes, such as another limit.
    const same = (ids.get(place) ?? 0) + 1;
    ids.set(place, same);
    const id = same === 1 ? place : `${place}-${same}`;
    const files = new Set(group.flatMap(({ file }) => file ?? []));
    const rows = group.every((one) => one.rows === null) ? null : group.reduce((sum, one) => sum + (one.rows ?? 0), 0);
    return {
      ...{ id, about, ...rest, column, files: files.size, rows },
      ...(first.staysOut && { staysOut: true as const }),
      message: files.size > 1 ? `${files.size} files; the first: ${diagnostic.message}` : diagnostic.message,
      examples: examplesOf(group),
      fixes: fixes.map((fix: Fix, index) => ({ number: 0, id: `${id}.${index + 1}`, ...fix })),
    };
  });
  const ordered = findings.sort((a, b) => rank(a) - rank(b));
  let number = 0;
  for (const { fixes } of ordered)
    for (const fix of fixes) {
      number += 1;
      fix.number = number;
    }
  return ordered;
}

function causeOf({ about, diagnostic: { code, at, fixes = [] }, staysOut = false }: Found): string {
  return canonicalJson([about, code, at?.column ?? null, fixes.map(({ specPatch }) => specPatch), staysOut]);
}

function rank({ about, severity }: Finding): number {
  return ORDER.indexOf(about) * SEVERITIES.length + SEVERITIES.indexOf(severity);
}

/** The first of each file, then more of the same ones. */
function examplesOf(group: readonly Found[]): FindingExample[] {
  const files = new Set<string | null>();
  const firsts: FindingExample[] = [];
  const others: FindingExample[] = [];
  for (const { file, example } of group) {
    if (firsts.length === EXAMPLES) break;
    if (files.has(file)) others.push(example);
    else firsts.push(example);
    files.add(file);
  }
  return [...firsts, ...others].slice(0, EXAMPLES);
}
