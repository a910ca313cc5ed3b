import type { InputLimits } from '@calve/core/plugin';
import type { JsonOptionsInput } from '@calve/format-json';
import { seededRandom } from '@calve/testkit';
import { randomDraft, render } from './json-draft.ts';
import { JSON_MUTATORS, type JsonMutator } from './json-mutators.ts';

/** A file that was spoilt, and how it is to be read. */
export interface JsonMutant {
  seed: number;
  mutators: string[];
  bytes: Uint8Array;
  options: JsonOptionsInput;
  limits: Partial<InputLimits>;
  /** What `observe` may read. */
  budgetBytes: number;
}

/** The mutant of a seed: a valid file, spoilt in one to three ways. */
export function randomJsonMutant(seed: number): JsonMutant {
  const random = seededRandom(seed);
  const turn = JSON_MUTATORS[seed % JSON_MUTATORS.length] as JsonMutator;
  const others = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => random.pick(JSON_MUTATORS));
  const chosen = [...new Set([turn, ...others])];
  const draft = randomDraft(random.next());
  for (const stage of ['tokens', 'whole'] as const) {
    for (const mutator of chosen) if (mutator.stage === stage) mutator.change(draft, random);
  }
  const { options } = draft;
  // Two mutators may have asked for what no user can: the last one gives way.
  if (options.framing !== undefined && options.framing !== 'document') delete options.recordsAt;
  const bytes = new Uint8Array(render(draft));
  return {
    seed,
    mutators: chosen.map(({ name }) => name),
    bytes,
    options,
    limits: draft.limits,
    budgetBytes: random.below(6) === 0 ? 1 + random.below(bytes.length + 1) : Math.max(4096, bytes.length),
  };
}
