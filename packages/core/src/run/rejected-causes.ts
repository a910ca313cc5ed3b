import { nullFix } from '../findings/column-fixes.ts';
import type { Found } from '../findings/group-findings.ts';
import { fillKeyText, isMergeKey, isNullKey } from '../findings/merge-keys.ts';
import { nullWordsFix } from '../findings/null-words.ts';
import { toldNulls } from '../format/told-options.ts';
import { type OpenRejection, replayKey } from '../replay/open-rejections.ts';
import { columnOfCode } from '../replay/replay-filter.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { cellOfRecord } from './cell-of-record.ts';
import type { PlanningRequest } from './plan-ingestion.ts';
import { readRejected, type StoredRejection } from './replay/read-rejected.ts';
import { placeOf } from './replay/replay-input.ts';

/** Different values of one cause that are looked at to find out what they have in common. */
const MOST_VALUES = 50;
/** Rows of one cause that are taken apart for that; of more, it is not known what all of them have in common. */
const MOST_ROWS = 5_000;
const SHOWN = 200;

interface Cause {
  code: string;
  column: string | null;
  /** By file: how many rows, and the first of them. */
  files: Map<string, { rows: number; first: StoredRejection[] }>;
  values: Set<string>;
  read: number;
  isEachKnown: boolean;
}

/** Why rejected rows wait, by code: how many, in which files, with which values, and what would load them. Writes nothing. */
export async function rejectedCauses(
  spec: IngestionSpec,
  waiting: readonly OpenRejection[],
  services: Pick<PlanningRequest, 'configuration' | 'connections' | 'context'>,
): Promise<Found[]> {
  const output = rejectedOutput(spec);
  if (!output || waiting.length === 0) return [];
  const open = new Map(waiting.map((one) => [placeOf(one.of.uri, one.of.version, one.sequence), one]));
  const causes = new Map<string, Cause>();
  const isWanted = (...place: [string, string, number]): boolean => open.has(placeOf(...place));
  for await (const rejection of readRejected({ sink: output.sink, target: output.options }, isWanted, services)) {
    const code = rejection.codes[0] ?? 'row:rejected';
    const cause = causes.get(code) ?? newCause(code);
    causes.set(code, cause);
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

function newCause(code: string): Cause {
  return { code, column: columnOfCode(code), files: new Map(), values: new Set(), read: 0, isEachKnown: true };
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
  if (cause.column === null || !cause.isEachKnown || cause.values.size > MOST_VALUES) return;
  const value = await valueBehind(rejection, cause.column, open, spec, services);
  cause.read += 1;
  if (value === null || cause.read > MOST_ROWS) cause.isEachKnown = false;
  else cause.values.add(value);
}

async function valueBehind(
  rejection: StoredRejection,
  column: string,
  open: Open,
  spec: IngestionSpec,
  services: Services,
): Promise<string | null> {
  const { uri, version, sequence, raw, truncated } = rejection;
  const read = open.get(placeOf(uri, version, sequence))?.read;
  if (!read || truncated) return null;
  const source = columnSpecOf(mainOutput(spec).columns, column)?.spec.from?.[0] ?? column;
  return cellOfRecord(raw, source, read, services);
}

async function foundOf(cause: Cause, open: Open, spec: IngestionSpec, services: Services): Promise<Found[]> {
  const { code, column, files } = cause;
  const declared = column === null ? null : columnSpecOf(mainOutput(spec).columns, column);
  const isComplete = cause.isEachKnown && cause.values.size <= MOST_VALUES;
  const nulls = declared?.spec.nulls ?? formatNulls(spec);
  // Whatever is null there, or becomes it, is rejected again.
  const isKey = isNullKey(code) || (column !== null && isMergeKey(mainOutput(spec).mode, column));
  const isMended = !isKey && isComplete && cause.values.size > 0 && [...cause.values].every((value) => nulls.includes(value));
  const words =
    column !== null && isComplete && !isMended && !isKey ? nullWordsFix(column, [...cause.values], declared, nulls) : null;
  const takesNull = column !== null && !isMended && !isKey && !code.endsWith(':null');
  const fixes = [...(words ? [words] : []), ...(takesNull ? [nullFix(column, declared)] : [])];
  const total = [...files.values()].reduce((sum, { rows }) => sum + rows, 0);
  const rows = total === 1 ? '1 row was rejected' : `${total} rows were rejected`;
  const fill = fillKeyText([code]);
  const mended = isMended ? ' Their values mean null by now, so a replay loads them.' : '';
  const message = `${rows}: ${code}.${mended}${fill === null ? '' : ` What mends it: ${fill}, and send the file again.`}`;
  const found: Found[] = [];
  for (const [file, { rows: count, first }] of files) {
    for (const [index, rejection] of first.entries()) {
      const { uri, version, sequence, line = null, raw } = rejection;
      const value = column === null ? null : await valueBehind(rejection, column, open, spec, services);
      const of = open.get(placeOf(uri, version, sequence))?.of;
      const at = {
        unit: of ? replayKey(of, sequence) : uri,
        ...(line === null ? {} : { line }),
        ...(column === null ? {} : { column }),
      };
      found.push({
        about: 'rejected',
        diagnostic: { code, severity: isMended ? 'info' : 'warning', message, at, ...(fixes.length > 0 && { fixes }) },
        file,
        rows: index === 0 ? count : 0,
        example: { file, line, value, record: textOf(raw), message: null },
      });
    }
  }
  return found;
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
