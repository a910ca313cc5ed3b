import type { BatchDamage } from './tally-rows.ts';

/** What a torture found. JSON. */
export interface TortureResult {
  adapter: string;
  seed: number;
  /** Processes that were killed, and did not end by themselves before. */
  kills: number;
  /**
   * Where the kills fell: at each label; at random times, by what the process had reached; and, once more, those of `steps` that hit the first
   * process of a lake, as `label` or, the second time that it was reached, `label#2`.
   */
  places: { steps: Record<string, number>; times: Record<string, number>; firsts: Record<string, number> };
  /** All processes that were started. */
  starts: number;
  /** Processes that ended before their kill came. */
  late: number;
  lakes: number;
  /** Lakes in which the first start after the last kill left something for the next one to do. */
  unfinished: number;
  /** Files that arrived. */
  batches: number;
  /** Records that arrived: rows that the tables must hold. */
  rows: number;
  /** Rows beyond one per record. */
  duplicates: number;
  /** Records without a row. */
  lost: number;
  /** Rows of records that never arrived. */
  unknown: number;
  damaged: (BatchDamage & { lake: number })[];
  /** Processes that did not end well although nobody killed them, and lakes that PyIceberg could not read. */
  failures: { lake: number; what: string }[];
  /** Folders of damaged lakes that were kept. */
  kept: string[];
  seconds: number;
}

/** A result before anything happened. */
export function emptyResult(adapter: string, seed: number): TortureResult {
  return {
    adapter,
    seed,
    ...{
      kills: 0,
      starts: 0,
      late: 0,
      lakes: 0,
      unfinished: 0,
      batches: 0,
      rows: 0,
      duplicates: 0,
      lost: 0,
      unknown: 0,
      seconds: 0,
    },
    places: { steps: {}, times: {}, firsts: {} },
    damaged: [],
    failures: [],
    kept: [],
  };
}

/** True when every record is in the tables once and every process that nobody killed ended well. */
export function isWhole({ duplicates, lost, unknown, failures }: TortureResult): boolean {
  return duplicates + lost + unknown + failures.length === 0;
}

const COLUMNS = ['adapter', 'kills', 'batches', 'rows', 'duplicates', 'lost', 'failures', 'seconds'] as const;

/** One line per result, as a table of Markdown that is aligned for a terminal. */
export function tortureTable(results: readonly TortureResult[]): string {
  const rows = results.map((result) => [
    result.adapter,
    ...[result.kills, result.batches, result.rows, result.duplicates, result.lost, result.failures.length].map(grouped),
    grouped(Math.round(result.seconds)),
  ]);
  return markdownTable(COLUMNS, rows);
}

/** Where the kills of one result fell, the steps first. */
export function placesTable({ places }: TortureResult): string {
  const rows = [...Object.entries(places.steps), ...Object.entries(places.times).sort(([a], [b]) => (a < b ? -1 : 1))];
  return markdownTable(
    ['where', 'kills'],
    rows.map(([where, kills]) => [where, grouped(kills)]),
  );
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, place) => Math.max(name.length, ...rows.map((row) => row[place]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, place) => (place === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[place]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, place) => (place === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
