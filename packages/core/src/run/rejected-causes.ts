import { type CodePlace, placeOfCode, takesNull } from '../findings/code-place.ts';
import { type Fix, nullFix } from '../findings/column-fixes.ts';
import type { Found } from '../findings/group-findings.ts';
import { fillKeyText, isMergeKey, isNullKey } from '../findings/merge-keys.ts';
import { nullWordsFix } from '../findings/null-words.ts';
import { toldNulls } from '../format/told-options.ts';
import { type OpenRejection, replayKey } from '../replay/open-rejections.ts';
import type { LeftRows } from '../replay/replay-preview.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { cellOfRecord, placeInFile, type RecordCell } from './cell-of-record.ts';
import type { PlanningRequest } from './plan-ingestion.ts';
import { readRejected, type StoredRejection } from './replay/read-rejected.ts';
import { placeOf } from './replay/replay-input.ts';

/** Different values of one cause that are looked at to find out what they have in common. */
const MOST_VALUES = 50;
/** Rows of one cause that are taken apart for that; of more, it is not known what all of them have in common. */
const MOST_ROWS = 5_000;
const SHOWN = 200;

/** Rows that wait, by what becomes of them. */
export interface WaitingRows {
  open: readonly OpenRejection[];
  /** Why they cannot go again, however the spec reads them; null: they can. */
  leftOf(rejection: OpenRejection): LeftRows | null;
}

interface Cause {
  code: string;
  place: CodePlace | null;
  /** Why its rows cannot go again; null: they can. */
  left: LeftRows | null;
  /** By file: how many rows, and the first of them. */
  files: Map<string, { rows: number; first: StoredRejection[] }>;
  values: Set<string>;
  read: number;
  isEachKnown: boolean;
}

/** Why rejected rows wait, by code: how many, in which files, with which values, and what would load them. Writes nothing. */
export async function rejectedCauses(
  spec: IngestionSpec,
  waiting: WaitingRows,
  services: Pick<PlanningRequest, 'configuration' | 'connections' | 'context'>,
): Promise<Found[]> {
  const output = rejectedOutput(spec);
  if (!output || waiting.open.length === 0) return [];
  const open = new Map(waiting.open.map((one) => [placeOf(one.of.uri, one.of.version, one.sequence), one]));
  const main = mainOutput(spec);
  const state = await (await services.connections.sink(main.sink)).inspect(main.options);
  const fields = state === 'absent' ? [] : state.fields;
  const causes = new Map<string, Cause>();
  const isWanted = (...place: [string, string, number]): boolean => open.has(placeOf(...place));
  for await (const rejection of readRejected({ sink: output.sink, target: output.options }, isWanted, services)) {
    const code = rejection.codes[0] ?? 'row:rejected';
    const of = open.get(placeOf(rejection.uri, rejection.version, rejection.sequence));
    const left = of ? waiting.leftOf(of) : null;
    const key = JSON.stringify([code, left?.reason]);
    const cause = causes.get(key) ?? newCause(code, placeOfCode(code, fields), left);
    causes.set(key, cause);
    const file = cause.files.get(rejection.uri) ?? { rows: 0, first: [] };
    cause.files.set(rejection.uri, file);
    file.rows += 1;
    if (file.first.length < 3) file.first.push(rejection);
    await addValue(cause, rejection, open, spec, services);
  }
  const found: Found[] = [];
  for (const cause of causes.values()) found.push(...(await foundOf(cause, open, spec, services)));
  return found;
}

function newCause(code: string, place: CodePlace | null, left: LeftRows | null): Cause {
  return { code, place, left, files: new Map(), values: new Set(), read: 0, isEachKnown: true };
}

type Open = ReadonlyMap<string, OpenRejection>;
type Services = Pick<PlanningRequest, 'configuration' | 'context'>;

async function addValue(
  cause: Cause,
  rejection: StoredRejection,
  open: Open,
  spec: IngestionSpec,
  services: Services,
): Promise<void> {
  if (cause.place === null || !cause.isEachKnown || cause.values.size > MOST_VALUES) return;
  const cell = await cellBehind(rejection, cause.place, open, spec, services);
  cause.read += 1;
  if (!cell?.isValue || cause.read > MOST_ROWS) cause.isEachKnown = false;
  else cause.values.add(cell.text);
}

async function cellBehind(
  rejection: StoredRejection,
  place: CodePlace,
  open: Open,
  spec: IngestionSpec,
  services: Services,
): Promise<RecordCell | null> {
  const { uri, version, sequence, raw, truncated } = rejection;
  const read = open.get(placeOf(uri, version, sequence))?.read;
  return !read || truncated ? null : cellOfRecord(raw, placeInFile(place, spec), read, services);
}

async function foundOf(cause: Cause, open: Open, spec: IngestionSpec, services: Services): Promise<Found[]> {
  const { code, place, left, files } = cause;
  const { isMended, fixes } = mendingOf(cause, spec);
  const total = [...files.values()].reduce((sum, { rows }) => sum + rows, 0);
  const rows = total === 1 ? '1 row was rejected' : `${total} rows were rejected`;
  const fill = fillKeyText([code]);
  const mended = isMended ? ' Their values mean null by now, so a replay loads them.' : '';
  const why = left === null ? '' : ` ${WHY_LEFT[left.reason] ?? left.message}`;
  const message = `${rows}: ${code}.${mended}${fill === null ? why : ` What mends it: ${fill}, and send the file again.`}`;
  const found: Found[] = [];
  for (const [file, { rows: count, first }] of files) {
    for (const [index, rejection] of first.entries()) {
      const { uri, version, sequence, line = null, raw } = rejection;
      const cell = place && (await cellBehind(rejection, place, open, spec, services));
      const of = open.get(placeOf(uri, version, sequence))?.of;
      const at = {
        unit: of ? replayKey(of, sequence) : uri,
        ...(line === null ? {} : { line }),
        ...(place === null ? {} : { column: place.name }),
      };
      found.push({
        about: 'rejected',
        diagnostic: { code, severity: isMended ? 'info' : 'warning', message, at, ...(fixes.length > 0 && { fixes }) },
        file,
        rows: index === 0 ? count : 0,
        ...(left !== null && { staysOut: true }),
        example: { file, line, value: cell?.text ?? null, record: textOf(raw), message: null },
      });
    }
  }
  return found;
}

/** What is said of many files at a time. */
const WHY_LEFT: Partial<Record<LeftRows['reason'], string>> = {
  'not-appending':
    'They cannot go again, since this ingestion overwrites: send their files again, with those that belong to them.',
  overtaken: `They cannot go again: rows were loaded after them, and without a "newest" column of the merge older ones would take their place. Send the rows again.`,
};

/** What would load the rows of a cause, and whether they can be loaded as things are. */
function mendingOf({ code, place, left, values, isEachKnown }: Cause, spec: IngestionSpec): { isMended: boolean; fixes: Fix[] } {
  const main = mainOutput(spec);
  // Whatever is null there, or becomes it, is rejected again.
  if (place === null || isNullKey(code) || isMergeKey(main.mode, place.column)) return { isMended: false, fixes: [] };
  // No spec helps rows that are left behind for good; those of an overwrite come again with their file.
  if (left !== null && left.reason !== 'not-appending') return { isMended: false, fixes: [] };
  const declared = columnSpecOf(main.columns, place.column);
  const nulls = declared?.spec.nulls ?? formatNulls(spec);
  const isComplete = isEachKnown && values.size <= MOST_VALUES;
  if (left === null && isComplete && values.size > 0 && [...values].every((value) => nulls.includes(value)))
    return { isMended: true, fixes: [] };
  if (code.endsWith(':null') || !takesNull(place)) return { isMended: false, fixes: [] };
  // Words mean null in all of a column.
  const words = isComplete ? nullWordsFix(place.column, [...values], declared, nulls) : null;
  return { isMended: false, fixes: [...(words ? [words] : []), nullFix(place.column, declared, place.name)] };
}

/** Of whatever formats the spec names: a word that one of them takes for null may stand in the patch for all. */
function formatNulls({ input: { format } }: IngestionSpec): string[] {
  if (format === 'detect') return [];
  const names = 'detect' in format ? Object.keys(format.detect) : [format.name];
  return [...new Set(names.flatMap((name) => toldNulls(format, name)))];
}

function textOf(raw: Uint8Array): string {
  const text = new TextDecoder().decode(raw.subarray(0, SHOWN * 4));
  return text.length > SHOWN || raw.length > SHOWN * 4 ? `${text.slice(0, SHOWN - 1)}…` : text;
}
