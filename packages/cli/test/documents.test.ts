import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { COMMAND_NAMES } from '../src/arguments/command-line.ts';
import { testFolder } from './run-calve.ts';
import { type MainEnd, runMain } from './run-main.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const source = join(here, 'documents-as-types.ts');
const README = readFileSync(join(here, '../README.md'), 'utf8');

/** The type of each document, by its member `command`. */
const TYPES: Readonly<Record<string, string>> = {
  run: 'RunDocument',
  apply: 'ApplyDocument',
  plan: 'PlanDocument',
  explain: 'ExplainDocument',
  preview: 'PreviewDocument',
  head: 'HeadDocument',
  rejects: 'RejectsDocument',
  findings: 'FindingsDocument',
  patch: 'PatchDocument',
  replay: 'ReplayDocument',
  history: 'HistoryDocument',
  audit: 'AuditDocument',
  adopt: 'AdoptDocument',
  reset: 'ResetDocument',
  'accept-rollback': 'AcceptRollbackDocument',
  bundle: 'BundleDocument',
  null: 'UnknownCommandDocument',
};

it('writes exactly one document per command, of the type that is documented', async () => {
  using folder = testFolder();
  folder.write({
    'landing/a.csv': `id,amount\n${'1,2.5\n'.repeat(200)}2,abc\n`,
    'landing/copy.csv': `id,amount\n${'1,2.5\n'.repeat(200)}2,abc\n`,
    'landing/p.csv': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  });
  const ends: MainEnd[] = [];
  for (const line of [
    'plan landing lake --output p.json',
    'preview landing lake',
    'findings landing lake',
    'run landing lake',
    'audit landing lake',
    'run landing lake --allow held',
    'apply p.json lake --allow held',
    'explain p.json',
    'head lake',
    'rejects lake',
    'replay landing lake --dry-run',
    'replay landing lake --allow held',
    'patch 1 landing lake',
    'history landing lake',
    'bundle landing lake',
    'adopt landing lake',
    'adopt landing lake --state other.db',
    'adopt landing lake --state other.db --yes --unknown leave',
    'reset landing lake --from-now',
    'run nowhere lake',
    'plan',
    'preview landing lake --columns id=strng',
    'apply nowhere.json lake',
    'explain nowhere.json',
    'head nowhere',
    'rejects nowhere',
    'history nowhere',
    'findings nowhere lake',
    'patch 1 nowhere lake',
    'replay nowhere lake',
    'audit nowhere lake',
    'bundle landing lake --output nowhere/b.json',
    'adopt landing nowhere',
    'reset landing lake',
    'accept-rollback landing nowhere',
    'rum',
  ]) {
    ends.push(await runMain([...line.split(' '), '--json'], folder.path));
  }
  const documents = ends.map(
    ({ stdout }) => JSON.parse(stdout) as { command: string | null; exitCode: number; error: object | null },
  );
  for (const [at, { exitCode, error }] of documents.entries()) {
    expect(ends[at]?.stdout).toMatch(/^\{.*\}\n$/);
    expect(exitCode).toBe(ends[at]?.code);
    if (exitCode === 0) expect(error).toBe(null);
    if (error !== null) expect(exitCode).not.toBe(0);
  }
  expect(documents.map(({ exitCode }) => exitCode)).toEqual([10, 10, 10, 10, 10, ...Array(14).fill(0), ...Array(17).fill(30)]);
  expect(new Set(documents.map(({ command }) => command))).toEqual(new Set([...COMMAND_NAMES, null]));

  const declarations = documents.map(
    (document, at) => `export const d${at}: ${TYPES[String(document.command)]} = ${JSON.stringify(document)};`,
  );
  expect(typeProblems(declarations)).toEqual([]);
  const undocumented = documents.flatMap((document) => membersOf(document).filter((member) => !README.includes(`\`${member}\``)));
  expect([...new Set(undocumented)]).toEqual([]);
  // The check itself: a member too many and a member too few are found.
  const [first] = declarations;
  expect(typeProblems([`${first?.slice(0, -2)}, "extra": 1};`])).not.toEqual([]);
  expect(typeProblems([String(first).replace('"exitCode":10,', '')])).not.toEqual([]);
});

it('documents the type of each document in the README', () => {
  for (const name of Object.values(TYPES)) expect(README).toContain(`\`${name}\``);
});

/** The members of a document and of what it tells; what is below belongs to the types of core. */
function membersOf(document: object): string[] {
  const own = Object.entries(document).filter(([name]) => !['command', 'exitCode', 'error', 'plan'].includes(name));
  return own.flatMap(([name, value]) => [name, ...Object.keys((Array.isArray(value) ? value[0] : value) ?? {})]);
}

/** What the compiler says of constants that hold documents as literals: nothing missing, nothing too much, every member of its type. */
function typeProblems(declarations: readonly string[]): string[] {
  const text = `import type { ${Object.values(TYPES).join(', ')} } from '../src/index.ts';\n${declarations.join('\n')}\n`;
  const configuration = join(here, '../../../tsconfig.base.json');
  const { config } = ts.readConfigFile(configuration, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: config.compilerOptions, files: [] },
    ts.sys,
    dirname(configuration),
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === source || fileExists(name);
  host.readFile = (name) => (name === source ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === source ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024) : getSourceFile(name, ...rest);
  const program = ts.createProgram([source], options, host);
  const file = program.getSourceFile(source);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}
