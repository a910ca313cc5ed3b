import type { Options } from 'tsup';
import ts from 'typescript';

type TsupPlugin = NonNullable<Options['plugins']>[number];

/**
 * A plugin of tsup that leaves out imports of which nothing is used. esbuild writes one for each chunk that a module names in vain, so that what the
 * chunk does when it is evaluated is done. Where it does nothing, they only cost: Node looks for a file again for each file that names it.
 *
 * For modules without side effects.
 */
export function boundImports(): TsupPlugin {
  return {
    name: 'bound-imports',
    renderChunk: (code, { path }) => (path.endsWith('.js') ? { code: withBoundImports(code) } : null),
  };
}

/**
 * The same program without imports such as `import "./chunk.js";`. Those of packages stay: what they do is not known.
 *
 * @param code A file that esbuild wrote.
 */
export function withBoundImports(code: string): string {
  const file = ts.createSourceFile('chunk.js', code, ts.ScriptTarget.ESNext, true);
  const pieces: string[] = [];
  let done = 0;
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || statement.importClause !== undefined) continue;
    if (!ts.isStringLiteral(statement.moduleSpecifier) || !statement.moduleSpecifier.text.startsWith('.')) continue;
    pieces.push(code.slice(done, statement.getStart(file)));
    done = code[statement.end] === '\n' ? statement.end + 1 : statement.end;
  }
  return [...pieces, code.slice(done)].join('');
}
