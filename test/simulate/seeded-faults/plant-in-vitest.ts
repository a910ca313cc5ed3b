import type { Plugin } from 'vitest/config';
import { isPlantedIn, plantedSource, type SeededFault } from './seeded-fault.ts';

/** Changes the sources as tests load them. */
export function plantInVitest(fault: SeededFault): Plugin {
  return {
    name: `seeded-fault: ${fault.name}`,
    enforce: 'pre',
    transform: (text, id) => (isPlantedIn(fault, id) ? { code: plantedSource(fault, id, text), map: null } : null),
  };
}
