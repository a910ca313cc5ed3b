import type { SourceFile, Violation } from './source-tree.ts';
import { importsOf, isBare, isTestFile, isTypeScript, packageName } from './source-tree.ts';

interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Every package says what it is, and its package.json names exactly what its sources import. */
export function checkManifests(files: readonly SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const rootManifest = parse(byPath.get('package.json'));
  const violations: Violation[] = [];
  for (const file of files) {
    const folder = /^(packages\/[^/]+\/)package\.json$/.exec(file.path)?.[1];
    if (folder === undefined) continue;
    if (!byPath.has(`${folder}README.md`)) {
      violations.push({ path: folder, message: 'has no README.md; say in a few lines what the package is and how it is used.' });
    }
    const sources = files.filter(
      (source) => source.path.startsWith(folder) && isTypeScript(source) && !source.path.endsWith('.config.ts'),
    );
    violations.push(...compare(file.path, parse(file), rootManifest, sources));
  }
  return violations;
}

function compare(path: string, manifest: Manifest, root: Manifest, sources: readonly SourceFile[]): Violation[] {
  const shipped = new Set(
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }),
  );
  const development = new Set(Object.keys(manifest.devDependencies ?? {}));
  const tools = new Set([...Object.keys(root.devDependencies ?? {}), 'vitest']);
  const usedBySources = new Set<string>();
  const usedByTests = new Set<string>();
  const violations: Violation[] = [];
  for (const source of sources) {
    const test = isTestFile(source);
    if (!test && !/^packages\/[^/]+\/src\//.test(source.path)) continue;
    for (const imported of importsOf(source)) {
      if (!isBare(imported.name)) continue;
      const name = packageName(imported.name);
      if (name === manifest.name) continue;
      (test ? usedByTests : usedBySources).add(name);
      if (shipped.has(name) || (test && (development.has(name) || tools.has(name)))) continue;
      const where = test ? 'devDependencies' : 'dependencies';
      violations.push({
        path: source.path,
        line: imported.line,
        message: `imports "${name}", which ${path} does not name in ${where}.`,
      });
    }
  }
  // An optional peer is loaded by a name that is put together at run time, so that nobody has to have it.
  const isOptional = (name: string): boolean => manifest.peerDependenciesMeta?.[name]?.optional === true;
  for (const name of shipped) {
    if (!usedBySources.has(name) && !isOptional(name))
      violations.push({ path, message: `names "${name}", which no file in src imports; remove it.` });
  }
  for (const name of development) {
    if (shipped.has(name) || usedByTests.has(name)) continue;
    violations.push({ path, message: `names "${name}" in devDependencies, which no test imports; remove it.` });
  }
  return violations;
}

function parse(file: SourceFile | undefined): Manifest {
  return file ? (JSON.parse(file.text) as Manifest) : {};
}
