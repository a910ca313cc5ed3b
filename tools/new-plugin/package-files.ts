import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Kinds of plugins that have a skeleton. */
export const pluginKinds = ['source', 'format', 'sink'] as const;

/** One of them. */
export type PluginKind = (typeof pluginKinds)[number];

/** What to make. */
export interface PluginRequest {
  kind: PluginKind;
  /** Lower-case words joined by `-`. */
  name: string;
  /** Absolute. */
  folder: string;
  /** A project of its own instead of a package of this workspace. */
  standalone: boolean;
  /** Absolute; null: from the registry. */
  tarballs: string | null;
}

interface Manifest {
  version: string;
  description: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const repository = join(import.meta.dirname, '..', '..');

/** Content of every file of the skeleton, by path relative to its folder, in order of paths. */
export function packageFiles(request: PluginRequest): Map<string, string> {
  const words = wordsOf(request);
  const fill = (text: string): string =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const word = words[name];
      if (word === undefined) throw new TypeError(`a template asks for "${name}"`);
      return word;
    });
  const files = new Map<string, string>();
  const templates = join(repository, 'tools', 'plugin-templates', request.kind);
  for (const entry of readdirSync(templates, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const path = relative(templates, from).replaceAll('\\', '/').replaceAll('__kebab__', request.name);
    files.set(path.replace(/\.template$/, ''), fill(readFileSync(from, 'utf8')));
  }
  files.set('package.json', json(manifestOf(request, words['package']!)));
  files.set('tsup.config.ts', buildConfiguration(request));
  if (request.standalone) {
    files.set('tsconfig.json', standaloneConfiguration());
    files.set('.gitignore', 'node_modules/\ndist/\n');
    if (request.tarballs !== null) files.set('pnpm-workspace.yaml', overridesFor(request.tarballs));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What stands for the names in a template. */
function wordsOf({ kind, name, standalone }: PluginRequest): Record<string, string> {
  const pascal = name.replaceAll(/(?:^|-)(.)/g, (_, first: string) => first.toUpperCase());
  return {
    kebab: name,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    Pascal: pascal,
    UPPER: name.replaceAll('-', '_').toUpperCase(),
    package: standalone ? `calve-${kind}-${name}` : `@calve/${kind}-${name}`,
  };
}

function manifestOf({ kind, name, standalone, tarballs }: PluginRequest, packageName: string): object {
  const root = manifestIn('.');
  const { version, dependencies } = manifestIn('packages/core');
  const from = (short: string): string => {
    if (!standalone) return 'workspace:*';
    return tarballs === null ? `^${version}` : `file:${tarballOf(tarballs, short)}`;
  };
  const tool = (tool: string): [string, string] => [tool, root.devDependencies[tool]!];
  const tools = Object.fromEntries(['@types/node', 'tsup', 'typescript', 'vitest'].map(tool));
  const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
  return {
    name: packageName,
    version: '0.1.0',
    description: `Calve ${kind}: ${name}.`,
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=24' },
    files: ['dist'],
    exports: { '.': standalone ? entry : { 'calve-source': './src/index.ts', ...entry } },
    ...(standalone ? {} : { publishConfig: { exports: { '.': entry } } }),
    scripts: { build: 'tsup', ...(standalone ? { test: 'tsc --noEmit && vitest run' } : {}) },
    peerDependencies: { '@calve/core': standalone ? `^${version}` : 'workspace:^' },
    dependencies: { zod: dependencies['zod'] },
    devDependencies: {
      '@calve/core': from('core'),
      '@calve/testkit': from('testkit'),
      ...(standalone ? tools : {}),
    },
  };
}

/** What is rebuilt in another thread or process has to stand beside the package's entry. */
function buildConfiguration({ kind, name }: PluginRequest): string {
  const model = readFileSync(join(repository, 'packages', 'source-local', 'tsup.config.ts'), 'utf8');
  const portable = { source: [], format: [`src/${name}-decoder.ts`], sink: [`src/${name}-table-writer.ts`] }[kind];
  const entries = ['src/index.ts', ...portable].map((path) => `'${path}'`).join(', ');
  const configuration = model.replace("['src/index.ts']", () => `[${entries}]`);
  if (!configuration.includes(entries)) throw new TypeError('the model of tsup.config.ts has another entry');
  return configuration;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as Manifest;
}

function tarballOf(folder: string, short: string): string {
  const name = readdirSync(folder).find((file) => file.startsWith(`calve-${short}-`) && file.endsWith('.tgz'));
  if (name === undefined) throw new TypeError(`${folder} holds no calve-${short}-*.tgz; make it with pnpm pack`);
  return join(folder, name).replaceAll('\\', '/');
}

/** Tarballs name each other by version, which the registry may not have yet. */
function overridesFor(folder: string): string {
  const lines = ['core', 'testkit'].map((short) => `  '@calve/${short}': 'file:${tarballOf(folder, short)}'\n`);
  return `overrides:\n${lines.join('')}allowBuilds:\n  esbuild: true\n`;
}

function standaloneConfiguration(): string {
  const base = JSON.parse(readFileSync(join(repository, 'tsconfig.base.json'), 'utf8')) as {
    compilerOptions: Record<string, unknown>;
  };
  const { customConditions: _ours, ...compilerOptions } = base.compilerOptions;
  return json({ compilerOptions, include: ['src', 'test', 'tsup.config.ts'] });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
