import type { ColumnType, InputLimits } from '@calve/core/plugin';
import type { CsvOptionsInput } from '@calve/format-csv';
import { type SeededRandom, seededRandom } from '@calve/testkit';
import { randomDraft, render } from './csv-draft.ts';
import { BYTE_MUTATORS, LIMIT_MUTATORS, WHOLE_MUTATORS, ZSTD_MUTATORS } from './mutate-bytes.ts';
import { HEADER_MUTATORS, OPTION_MUTATORS } from './mutate-header.ts';
import { RECORD_MUTATORS, VALUE_MUTATORS } from './mutate-records.ts';
import type { Mutator } from './mutator.ts';

/** A file that was spoilt, and how it is to be read. Plain data but for the bytes. */
export interface Mutant {
  seed: number;
  /** In the order in which they worked; the first one listed is the one whose turn it was. */
  mutators: string[];
  bytes: Uint8Array;
  options: CsvOptionsInput;
  limits: Partial<InputLimits>;
  /** What `observe` may read. */
  budgetBytes: number;
  /** Types that every column is read as, in turn; `null`: what was observed. */
  declared: ColumnType[] | null;
}

/** All mutators, whose turns follow one another with the seeds. */
export const MUTATORS: readonly Mutator[] = [
  ...RECORD_MUTATORS,
  ...VALUE_MUTATORS,
  ...HEADER_MUTATORS,
  ...OPTION_MUTATORS,
  ...LIMIT_MUTATORS,
  ...BYTE_MUTATORS,
  ...WHOLE_MUTATORS,
  ...ZSTD_MUTATORS,
];

/** Buffers are as large as what may be read, so small ones make a mutant cheap. */
const AMPLE_BYTES = 4096;

const STAGES: readonly Mutator['stage'][] = ['records', 'bytes', 'whole'];

const DECLARED: readonly ColumnType[] = [
  { kind: 'int32' },
  { kind: 'decimal', precision: 6, scale: 2 },
  { kind: 'date' },
  { kind: 'boolean' },
  { kind: 'float64' },
  { kind: 'timestamp', unit: 'micros', zone: 'utc' },
  { kind: 'string' },
];

/** The mutant of a seed: a valid file, spoilt in one to three ways. */
export function randomMutant(seed: number): Mutant {
  const random = seededRandom(seed);
  const turn = MUTATORS[seed % MUTATORS.length] as Mutator;
  const others = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => random.pick(MUTATORS));
  const chosen = [...new Set([turn, ...others])];
  const draft = randomDraft(random.next());
  for (const stage of STAGES) {
    for (const mutator of chosen) if (mutator.stage === stage) mutator.change(draft, random);
  }
  const bytes = new Uint8Array(Buffer.from(render(draft), 'latin1'));
  return {
    seed,
    mutators: chosen.map(({ name }) => name),
    bytes,
    options: validOptions(draft.options),
    limits: draft.limits,
    budgetBytes:
      random.below(6) === 0
        ? 1 + random.below(bytes.length + 1)
        : random.below(20) === 0
          ? Number.POSITIVE_INFINITY
          : Math.max(AMPLE_BYTES, bytes.length),
    declared: random.below(4) === 0 ? turned(DECLARED, random) : null,
  };
}

/** Two mutators may have asked for what no user can: the last one gives way. */
function validOptions(options: CsvOptionsInput): CsvOptionsInput {
  const valid = { ...options };
  const { delimiter, quote, comment } = valid;
  if (valid.encoding !== undefined) delete valid.fallbackEncoding;
  if (quote != null && delimiter?.includes(quote)) delete valid.quote;
  if (valid.quote === null || (valid.escape !== undefined && delimiter?.includes(valid.escape))) delete valid.escape;
  if (comment !== undefined && (comment === valid.quote || delimiter?.startsWith(comment))) delete valid.comment;
  return valid;
}

function turned<T>(items: readonly T[], random: SeededRandom): T[] {
  const first = random.below(items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}
