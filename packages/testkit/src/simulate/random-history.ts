import { type SeededRandom, seededRandom } from '../doubles/seeded-random.ts';
import { COMMIT_FAULTS, type Fault, type History, type HistoryEvent, STORE_FAULTS } from './history.ts';

/** What a history may be made of. */
export interface HistoryOptions {
  /** Labels of `step()` at which processes may be killed. */
  steps: readonly string[];
  /** Further ones, which only processes of a kind pass. */
  ownSteps?: Partial<Record<HistoryEvent['kind'], readonly string[]>>;
  /** Every so manieth history writes the sink's own files instead of plain lines. */
  ownFilesEvery: number;
}

const WEIGHTS = {
  'file-arrives': 5,
  'file-changes': 1,
  'file-vanishes': 0.6,
  'file-is-copied': 0.6,
  'process-runs': 9,
  'process-plans': 0.8,
  'process-applies': 1.2,
  'foreign-append': 1.5,
  compaction: 0.7,
  expiry: 0.8,
  rollback: 0.15,
  'state-backup': 0.4,
  'state-restore': 0.15,
  'state-loss': 0.1,
  'process-resets': 0.35,
  'process-adopts': 0.15,
  'process-accepts-rollback': 0.1,
} as const satisfies Record<HistoryEvent['kind'], number>;

/** Answers that come before what they are about are the hardest. */
const LIKELY_FAULTS = [...COMMIT_FAULTS, 'late', 'unavailable-late'] as const;

/** What people and jobs do in a row, and what would hardly ever come about by chance. */
type Scene = readonly HistoryEvent['kind'][];

const SCENES: readonly Scene[] = [
  ['file-arrives', 'process-plans', 'process-resets', 'process-applies', 'process-runs'],
  ['process-runs', 'file-arrives', 'state-loss', 'process-adopts', 'process-runs'],
  ['process-runs', 'file-arrives', 'process-runs', 'rollback', 'process-accepts-rollback', 'process-runs'],
  [
    'file-arrives',
    'process-runs',
    'state-backup',
    'process-runs',
    'state-restore',
    'process-resets',
    'file-arrives',
    'process-runs',
  ],
  // The table is several commits ahead of the state.
  ['state-backup', ...repeated(3, ['file-arrives', 'process-runs'] as const), 'state-restore', 'file-arrives', 'process-runs'],
  ['file-arrives', 'state-backup', ...repeated(4, ['process-runs', 'file-arrives'] as const), 'state-restore', 'process-runs'],
  ['process-plans', 'process-applies', 'process-applies'],
];

/** The history of a seed: up to four processes over some virtual minutes, in a world where much goes wrong. */
export function randomHistory(seed: number, { steps, ownSteps = {}, ownFilesEvery }: HistoryOptions): History {
  const random = seededRandom(seed);
  const isCalm = random.below(3) === 0;
  const scene = random.below(3) === 0 ? [...random.pick(SCENES)] : [];
  const count = 4 + random.below(9) + scene.length;
  const sceneFrom = 1 + random.below(4);
  const made = { files: 1, processes: 0 };
  const events: HistoryEvent[] = [arrival(random, 0, 1)];
  for (let index = 0, at = 1; index < count; index += 1) {
    const inScene = index >= sceneFrom ? scene.shift() : undefined;
    // Most things happen while something else is under way; a scene needs that it has ended, most of the time.
    const isSoon = random.below(inScene ? 10 : 3) > (inScene ? 8 : 0);
    at += isSoon ? random.below(200) : random.below(20_000);
    const kind = inScene ?? (index === 0 ? 'process-runs' : weighted(random));
    events.push(
      randomEvent(kind, {
        at,
        index,
        random,
        made,
        faults: () => someFaults(random, random.below(2) === 0 ? (ownSteps[kind] ?? steps) : steps, isCalm),
        isScene: inScene !== undefined,
      }),
    );
  }
  return {
    seed,
    files: seed % ownFilesEvery === 0 ? 'own' : 'plain',
    catalog: random.below(4) === 0 ? 'file' : 'server',
    leases: random.below(2) === 0,
    isSkewed: random.below(3) === 0,
    events,
  };
}

interface EventFacts {
  at: number;
  index: number;
  random: SeededRandom;
  /** How many there are so far. */
  made: { files: number; processes: number };
  faults(): Fault[];
  isScene: boolean;
}

function randomEvent(kind: HistoryEvent['kind'], { at, index, random, made, faults, isScene }: EventFacts): HistoryEvent {
  const file = fileNumber(1 + random.below(made.files));
  const process = (): string => `process-${++made.processes}`;
  const plan = isScene ? 'plan' : `plan-${1 + random.below(2)}`;
  const isImpatient = random.below(3) === 0;
  // What people do by hand mostly goes well, and they look at the table as it is.
  const operated = (): Fault[] =>
    random.below(2) === 0 ? faults().filter((fault) => fault.kind !== 'load' || fault.answer !== 'stale') : [];
  switch (kind) {
    case 'file-arrives':
      made.files += 1;
      return arrival(random, at, made.files);
    case 'file-changes':
      return { at, kind, file, rows: 1 + random.below(3), badRows: random.below(2) };
    case 'file-is-copied':
      return { at, kind, file, to: `copy-${index}-of-${file}` };
    case 'process-runs':
      return { at, kind, process: process(), isImpatient, faults: isScene && random.below(3) > 0 ? [] : faults() };
    case 'process-plans':
      return { at, kind, process: process(), plan };
    case 'process-applies':
      return { at, kind, process: process(), plan, isImpatient, faults: isScene ? [] : faults() };
    case 'process-resets':
      return { at, kind, process: process(), choice: random.pick(['reload', 'fromNow']), isImpatient, faults: operated() };
    case 'process-adopts':
      return { at, kind, process: process(), choice: random.pick(['load', 'leave']), isImpatient, faults: operated() };
    case 'process-accepts-rollback':
      return { at, kind, process: process(), choice: random.pick(['reingest', 'leaveOut']), isImpatient, faults: operated() };
    case 'expiry':
      return { at, kind, keep: 1 + random.below(2) };
    case 'rollback':
      return { at, kind, snapshots: 1 + random.below(2) };
    case 'file-vanishes':
      return { at, kind, file };
    default:
      return { at, kind };
  }
}

function arrival(random: SeededRandom, at: number, number: number): HistoryEvent {
  const badRows = random.below(2);
  return { at, kind: 'file-arrives', file: fileNumber(number), rows: 1 + random.below(3), badRows };
}

/** Names are not in the order of arrival, so that new files are listed before old ones. */
function fileNumber(number: number): string {
  return `file-${(number * 37) % 97}.csv`;
}

function someFaults(random: SeededRandom, steps: readonly string[], isCalm: boolean): Fault[] {
  const faults = Array.from({ length: random.below(isCalm ? 2 : 4) }, () => randomFault(random, steps));
  // A process dies once.
  const crash = faults.find(({ kind }) => kind === 'crash');
  return faults.filter((fault) => fault.kind !== 'crash' || fault === crash);
}

function randomFault(random: SeededRandom, steps: readonly string[]): Fault {
  const kind = random.below(10);
  const isAnywhere = random.below(2) === 0;
  const place = isAnywhere ? { step: null, nth: 1 + random.below(120) } : { step: random.pick(steps), nth: 1 + random.below(3) };
  if (kind < 3) return { kind: 'crash', ...place };
  if (kind < 4) return { kind: 'pause', ...place, milliseconds: 1 + random.below(120_000) };
  // Most processes commit once or twice.
  if (kind < 7) return { kind: 'commit', nth: 1 + random.below(1 + random.below(4)), answer: random.pick(LIKELY_FAULTS) };
  if (kind < 8) return { kind: 'load', nth: 1 + random.below(10), answer: random.pick(['unavailable', 'stale']) };
  return { kind: 'store', nth: 1 + random.below(15), answer: random.pick(STORE_FAULTS) };
}

function weighted(random: SeededRandom): HistoryEvent['kind'] {
  const entries = Object.entries(WEIGHTS) as [HistoryEvent['kind'], number][];
  const all = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.below(1_000_000) * (all / 1_000_000);
  for (const [kind, weight] of entries) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'process-runs';
}

function repeated<T>(times: number, items: readonly T[]): T[] {
  return Array.from({ length: times }, () => items).flat();
}
