// The rules of the house that neither the compiler nor the linter knows. Run by `./dev check`.
import { join } from 'node:path';
import { checkImports } from './structure/import-rules.ts';
import { checkManifests } from './structure/manifest-rules.ts';
import { readTree, type Violation } from './structure/source-tree.ts';
import { checkLength, checkNames, checkPlaces, checkTests } from './structure/text-rules.ts';

/** Everything in the repository at `root` that breaks a rule, by path and line. */
export function checkStructure(root: string): Violation[] {
  const files = readTree(root);
  const rules = [checkImports, checkManifests, checkNames, checkLength, checkTests, checkPlaces];
  return rules
    .flatMap((rule) => rule(files))
    .sort((a, b) => (a.path === b.path ? (a.line ?? 0) - (b.line ?? 0) : a.path < b.path ? -1 : 1));
}

if (import.meta.main) {
  const violations = checkStructure(join(import.meta.dirname, '..'));
  for (const { path, line, message } of violations) {
    process.stdout.write(`${path}${line === undefined ? '' : `:${line}`}  ${message}\n`);
  }
  if (violations.length > 0) {
    process.stdout.write(`\n${violations.length} place(s) break the structure. The rules: tools/structure.\n`);
    process.exitCode = 1;
  }
}
