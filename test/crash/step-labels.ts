import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every label that the sources of a package hand to `step()`, in alphabetical order. */
export function stepLabels(...packages: string[]): string[] {
  const labels = new Set<string>();
  for (const name of packages) {
    const folder = fileURLToPath(new URL(`../../packages/${name}/src`, import.meta.url));
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      for (const [, label = ''] of readFileSync(join(folder, file), 'utf8').matchAll(/\.step\(\s*'([^']+)'/g)) labels.add(label);
    }
  }
  return [...labels].sort();
}
