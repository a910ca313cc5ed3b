// Makes the skeleton of a plugin whose first test is the conformance suite: `./dev new-plugin source s3`.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type PluginKind, type PluginRequest, packageFiles, pluginKinds } from './new-plugin/package-files.ts';
import { run } from './run-command.ts';

const usage = `Usage: ./dev new-plugin <${pluginKinds.join('|')}> <name> [--to folder] [--standalone [--tarballs folder]]

  name            lower-case words joined by "-": "s3" makes packages/source-s3
  --to            where to write; the folder must not exist or be empty
  --standalone    a project of its own outside of this repository, with tsconfig and vitest
  --tarballs      take @calve/* from the .tgz files in this folder (pnpm pack makes them) instead of the registry
`;

/** What the command line asks for; a text: what is wrong with it. */
export function readRequest(words: readonly string[], root: string): PluginRequest | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(words);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { positionals, values } = parsed;
  const [kind, name, ...rest] = positionals;
  if (kind === undefined || name === undefined || rest.length > 0) return 'Say what kind of plugin and its name.';
  if (!pluginKinds.includes(kind as PluginKind)) return `There is no kind "${kind}"; there are ${pluginKinds.join(', ')}.`;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    return `"${name}" is no name for a plugin; use lower-case words joined by "-", such as "my-store".`;
  }
  const standalone = values.standalone ?? false;
  if (values.tarballs !== undefined && !standalone) return '--tarballs goes with --standalone.';
  if (standalone && values.to === undefined) return '--standalone needs --to, a folder outside of this repository.';
  const folder = resolve(values.to ?? join(root, 'packages', `${kind}-${name}`));
  if (existsSync(folder) && readdirSync(folder).length > 0) return `${folder} is not empty.`;
  const tarballs = values.tarballs === undefined ? null : resolve(values.tarballs);
  if (tarballs !== null && !existsSync(tarballs)) return `${tarballs} does not exist.`;
  return { kind: kind as PluginKind, name, folder, standalone, tarballs };
}

/** Writes the skeleton and gives the paths of its files, relative to its folder. */
export function writePlugin(request: PluginRequest): string[] {
  const files = packageFiles(request);
  for (const [path, content] of files) {
    const target = join(request.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { flag: 'wx' });
  }
  format(request.folder);
  return [...files.keys()];
}

/** Where a line breaks depends on the name, so the formatter has the last word; a folder outside of this repository may have another one. */
function format(folder: string): void {
  const root = join(import.meta.dirname, '..');
  const biome = join(root, 'node_modules', '.bin', 'biome');
  if (!existsSync(biome)) return;
  // Without the one rule for which Biome reads the whole repository.
  const configuration = join(import.meta.dirname, 'new-plugin', 'biome-format.json');
  const result = run(biome, ['check', '--write', `--config-path=${configuration}`, folder], {}, folder);
  if (!result.ok) process.stderr.write(`${result.stdout}${result.stderr}\n`);
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { to: { type: 'string' }, standalone: { type: 'boolean' }, tarballs: { type: 'string' } },
  });
}

/** What to do next, for the screen. */
function nextSteps({ folder, kind, standalone }: PluginRequest): string {
  const place = relative(process.cwd(), folder) || '.';
  const run = standalone ? `cd ${place} && pnpm install && pnpm test` : `./dev test ${place}`;
  return `
The suite passes as it is:  ${run}
Then make it yours:         ${join(place, 'README.md')}, section "To do"
The contract:               docs/contracts/${kind}.md
`;
}

if (import.meta.main) {
  const request = readRequest(process.argv.slice(2), join(import.meta.dirname, '..'));
  if (typeof request === 'string') {
    process.stderr.write(`${request}\n\n${usage}`);
    process.exitCode = 2;
  } else {
    for (const path of writePlugin(request)) process.stdout.write(`${join(relative(process.cwd(), request.folder), path)}\n`);
    process.stdout.write(nextSteps(request));
  }
}
