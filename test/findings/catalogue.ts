import { FILES } from './file-provocations.ts';
import type { Provocation } from './provocation.ts';
import { REJECTED_ROWS } from './rejected-row-provocations.ts';
import { SCHEMA } from './schema-provocations.ts';

/** Every code that carries a fix, at least once. */
export const CATALOGUE: readonly Provocation[] = [...FILES, ...REJECTED_ROWS, ...SCHEMA];
