import type { Projector } from './apply-projection.ts';
import { projectionKernels } from './compiled-kernels.ts';
import { isFlat } from './is-flat.ts';
import type { Projection } from './projection.ts';

/**
 * Makes any projection executable; what `createProjector` says holds, and codes of nested data carry its path. What turns text into
 * values is behind an `import()`: a page that only plans does not load it, and flat data does not load what nested data needs.
 *
 * @throws {CalveError} as `createProjector`.
 */
export async function openProjector(projection: Projection): Promise<Projector> {
  await projectionKernels.open();
  if (isFlat(projection)) return (await import('./apply-projection.ts')).createProjector(projection);
  return (await import('./nested/nested-projector.ts')).createNestedProjector(projection);
}
