import type { Options } from 'tsup';
import ts from 'typescript';

type TsupPlugin = NonNullable<Options['plugins']>[number];

/**
 * A plugin of tsup that has V8 compile functions together with the file that they stand in. V8 compiles a function when it is first called, for which
 * it reads its text a second time; in a process that loads one small file that was a sixth of all work, and Node's compile cache does not help: it
 * holds what a file had been compiled to when it was loaded. V8 takes parentheses around a function as the sign that it is called soon
 * (https://v8.dev/blog/preparser#pife), so they are put there. Methods of classes have no place for them.
 *
 * @param seldom Modules, by the paths that esbuild writes above them, whose functions are seldom called.
 */
export function eagerFunctions(seldom: RegExp | null = null): TsupPlugin {
  return {
    name: 'eager-functions',
    renderChunk: (code, { path }) => (path.endsWith('.js') ? { code: withEagerFunctions(code, seldom) } : null),
  };
}

/**
 * The same program with parentheses around its functions. Those that are declared at the top become variables that are set before anything else, so
 * that they can be called from everywhere as before.
 *
 * @param code A file that esbuild wrote.
 */
export function withEagerFunctions(code: string, seldom: RegExp | null = null): string {
  const file = ts.createSourceFile('chunk.js', code, ts.ScriptTarget.ESNext, true);
  // The line that names the interpreter stays the first one.
  const interpreter = /^#!.*\n/.exec(code)?.[0] ?? '';
  const variables: string[] = [];
  const statements: string[] = [];
  let isSeldom = false;
  for (const statement of file.statements) {
    const start = statement.getStart(file);
    const above = code.slice(Math.max(statement.pos, interpreter.length), start);
    for (const [, module = ''] of above.matchAll(/^\/\/ (\S+)$/gm)) isSeldom = seldom?.test(module) ?? false;
    const parentheses = isSeldom ? [] : parenthesesIn(statement);
    const text = (from: number) => inserted(code, from, statement.end, parentheses);
    if (isSeldom || !ts.isFunctionDeclaration(statement) || statement.name === undefined) {
      statements.push(above, text(start));
    } else {
      // It gets its name from the variable.
      const { name } = statement;
      variables.push(`var ${name.text} = (${code.slice(start, name.getStart(file))}${text(name.end)});\n`);
      statements.push(above);
    }
  }
  return [interpreter, ...variables, ...statements, code.slice(file.statements.end)].join('');
}

interface Insertion {
  readonly at: number;
  readonly text: '(' | ')';
}

/** Parentheses around the functions inside of a statement that have none yet, in their order. */
function parenthesesIn(statement: ts.Node): Insertion[] {
  const found: Insertion[] = [];
  const visit = (node: ts.Node): void => {
    const isFunction = (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && !ts.isParenthesizedExpression(node.parent);
    if (isFunction) found.push({ at: node.getStart(), text: '(' });
    ts.forEachChild(node, visit);
    if (isFunction) found.push({ at: node.end, text: ')' });
  };
  ts.forEachChild(statement, visit);
  return found;
}

/** `code` between two places with what is inserted there. */
function inserted(code: string, from: number, to: number, insertions: readonly Insertion[]): string {
  const pieces: string[] = [];
  let done = from;
  for (const { at, text } of insertions) {
    pieces.push(code.slice(done, at), text);
    done = at;
  }
  return [...pieces, code.slice(done, to)].join('');
}
