import type { Projection } from './projection.ts';

/** True for a projection without nested data, explosion and rescue column: one that `createProjector` executes. */
export function isFlat({ rules, explode }: Projection): boolean {
  if (explode !== undefined) return false;
  return rules.every(
    (rule) => rule.kind !== 'nested' && rule.kind !== 'rescue' && !('source' in rule && rule.source.length !== 1),
  );
}
