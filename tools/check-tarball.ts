import { readFileSync } from 'node:fs';
import { checkPackage as checkTypes, createPackageFromTarballData, type Package, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** What a package says of itself beside its name and version. `repository` comes with a public address. */
const wanted = ['license', 'description', 'keywords', 'engines', 'files', 'sideEffects', 'exports'];

/**
 * Are The Types Wrong's profile `esm-only`. Not looked at: `node10` resolution, which knows no `exports` and which TypeScript has given up; and
 * the warning that `require` of these packages gives an ES module. It does, on purpose: Node 24, which they ask for, and TypeScript's
 * `nodenext` can do that, and test/packed runs and compiles such programs. Two copies of one class would be worse.
 */
const notForUs = new Set<string>(['node10', 'node16-cjs']);

/** What is wrong with a packed package, one sentence each. */
export async function checkTarball(path: string): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(path));
  const content = createPackageFromTarballData(bytes);
  const problems = checkContent(content);
  const linted = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  problems.push(...linted.messages.map((message) => `publint: ${formatMessage(message, linted.pkg, { color: false })}`));
  const typed = await checkTypes(content);
  if (typed.types)
    problems.push(
      ...typed.problems.filter(concernsUs).map((problem) => `attw: ${JSON.stringify({ ...problem, trace: undefined })}`),
    );
  else problems.push('attw: there are no types.');
  return problems.map((problem) => `${content.packageName}: ${problem}`);
}

function concernsUs(problem: Problem): boolean {
  return !('resolutionKind' in problem && notForUs.has(problem.resolutionKind));
}

function checkContent(content: Package): string[] {
  const folder = `/node_modules/${content.packageName}/`;
  const manifest = content.readFile(`${folder}package.json`);
  const fields = JSON.parse(manifest) as Record<string, unknown>;
  const problems = wanted.filter((field) => !(field in fields)).map((field) => `package.json has no "${field}".`);
  for (const file of ['LICENSE', 'README.md']) {
    if (!content.fileExists(folder + file)) problems.push(`${file} is not in the tarball.`);
  }
  for (const word of ['calve-source', 'workspace:']) {
    if (manifest.includes(word)) problems.push(`package.json still says "${word}", which only this repository understands.`);
  }
  const strangers = content.listFiles().filter((file) => !/^(dist\/.*\.(js|d\.ts)|[^/]+)$/.test(file.slice(folder.length)));
  return [
    ...problems,
    ...strangers.map((file) => `${file.slice(folder.length)} is in the tarball; only what was built belongs there.`),
  ];
}
