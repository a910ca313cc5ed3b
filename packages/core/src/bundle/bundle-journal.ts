import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import type { BundleLabels } from './bundle-labels.ts';
import type { BundleParts } from './bundle-parts.ts';
import { wordOf } from './bundle-parts.ts';
import { bundleProgram } from './bundle-plan.ts';
import { bundleRecord } from './bundle-records.ts';
import type { BundleIntent, BundleLedger } from './support-bundle.ts';

const MOST_RECORDS = 500;
const MOST_KEYS = 1000;
const MOST_COMMITS = 100;

/**
 * The head as it is.
 *
 * @param areStagedThere By output, whether the staged files of the open commit are there.
 */
export function bundleHead(
  { version, head }: VersionedHead,
  areStagedThere: Readonly<Record<string, boolean | null>>,
  labels: BundleLabels,
  parts: BundleParts,
): NonNullable<BundleLedger['head']> {
  const { generation, committed, commitId, intent, watermark, accepted } = head;
  return {
    version,
    generation,
    committed,
    commitId,
    hasWatermark: watermark !== null,
    hasAcceptedRollback: accepted !== undefined,
    intent: intent ? bundleIntent(intent, areStagedThere, labels, parts) : null,
  };
}

function bundleIntent(
  intent: CommitIntent,
  areStagedThere: Readonly<Record<string, boolean | null>>,
  labels: BundleLabels,
  parts: BundleParts,
): BundleIntent {
  const { generation, sequence, commitId, writerId, runId, plannedAt, unitKeys, records, outputs } = intent;
  return {
    ...{ generation, sequence, commitId, writerId, runId, plannedAt },
    program: bundleProgram(intent.program, 'intent', parts),
    unitKeys: parts.first('intent.unitKeys', unitKeys, MOST_KEYS).map((key) => labels.key(key)),
    records: parts.first('intent.records', records, MOST_RECORDS).map((record) => bundleRecord(record, labels)),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, { state, identity, snapshot, staged, attempts }]) => [
        name,
        {
          ...{ state, identity, snapshot },
          staged: {
            files: staged.reduce((sum, { files }) => sum + files.length, 0),
            rows: staged.reduce((sum, { rows }) => sum + rows, 0),
          },
          isStagedThere: areStagedThere[name] ?? null,
          attempts: attempts.map(({ head, outcome }) => ({ head, outcome })),
        },
      ]),
    ),
  };
}

/** Collects the records of a ledger as they come, in bounded memory: all are counted, and some are kept. */
export class BundleRecords {
  readonly #labels: BundleLabels;
  readonly #states: Record<string, number> = {};
  readonly #commits = new Map<number, { units: number; counts: Record<string, RowCounts> }>();
  readonly #waiting: UnitRecord[] = [];
  #loaded: UnitRecord[] = [];
  #count = 0;
  #droppedCommits = 0;

  constructor(labels: BundleLabels) {
    this.#labels = labels;
  }

  add(record: UnitRecord): void {
    this.#count += 1;
    const name = `${record.state} ${record.code === undefined ? '' : wordOf(record.code)}`.trim();
    this.#states[name] = (this.#states[name] ?? 0) + 1;
    if (record.state !== 'ingested') {
      if (this.#waiting.length < MOST_RECORDS / 2) this.#waiting.push(record);
      return;
    }
    this.#loaded.push(record);
    if (this.#loaded.length >= 2 * MOST_RECORDS) this.#loaded = newestOf(this.#loaded);
    if (record.finding?.code !== 'OBJECT_UNCHANGED') this.#sum(record);
  }

  finish(parts: BundleParts): Omit<BundleLedger, 'head'> {
    const records = [...this.#waiting, ...newestOf(this.#loaded)].slice(0, MOST_RECORDS);
    parts.leftOut('ledger.records', this.#count - records.length);
    parts.leftOut('ledger.commits', this.#droppedCommits);
    return {
      states: this.#states,
      commits: [...this.#commits].map(([sequence, sum]) => ({ sequence, ...sum })).sort((a, b) => b.sequence - a.sequence),
      records: records.map((record) => bundleRecord(record, this.#labels)),
    };
  }

  #sum({ sequence, counts }: UnitRecord): void {
    if (sequence === null) return;
    const sum = this.#commits.get(sequence) ?? { units: 0, counts: {} };
    this.#commits.set(sequence, sum);
    sum.units += 1;
    for (const [output, own] of Object.entries(counts ?? {})) {
      const before = sum.counts[output];
      const names = Object.keys(own) as (keyof RowCounts)[];
      sum.counts[output] = Object.fromEntries(
        names.map((name) => [name, (before?.[name] ?? 0) + own[name]]),
      ) as unknown as RowCounts;
    }
    if (this.#commits.size <= MOST_COMMITS) return;
    this.#commits.delete(Math.min(...this.#commits.keys()));
    this.#droppedCommits += 1;
  }
}

function newestOf(records: readonly UnitRecord[]): UnitRecord[] {
  return records.toSorted((a, b) => (b.sequence ?? 0) - (a.sequence ?? 0)).slice(0, MOST_RECORDS);
}
