import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Operations on a ledger have steps of their own, which no run passes. */
const OF_LEDGER = /^core\.(adopt|reset|accept-rollback)\./;

/** Leases only give order; states without them pass none of these. */
const OF_LEASE = /^core\.lease\./;

/** Every label that the sources of a package hand to `step()` and that a run can pass, in alphabetical order. */
export function stepLabels(...packages: string[]): string[] {
  return allLabels(packages).filter((label) => !OF_LEDGER.test(label) && !OF_LEASE.test(label));
}

/** The labels of the lease, which runs and operations on a ledger pass where the state has leases. */
export function leaseLabels(): string[] {
  return allLabels(['core']).filter((label) => OF_LEASE.test(label));
}

/** The labels of operations on a ledger. */
export function ledgerLabels(): string[] {
  return allLabels(['core']).filter((label) => OF_LEDGER.test(label));
}

function allLabels(packages: readonly string[]): string[] {
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
