import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import type { Field } from '../columns/column-type.ts';
import type { JsonReader, ReaderPlan } from '../format/reader-plan.ts';
import type { Json, Path } from '../json/json.ts';
import type { ColumnRule, Projection, ProvenanceValue } from '../projection/projection.ts';
import type { NestedSchema } from '../schema/column-question.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { ColumnSpec, OutputSpec, ProvenanceColumn } from '../spec/ingestion-spec.ts';
import { formerNames } from './decided-columns.ts';
import type { ColumnDecision } from './ingestion-plan.ts';

/** How one group of units is read. */
export interface ReaderGroup {
  id: string;
  format: string;
  plan: ReaderPlan;
  /** Columns as the reader names them. */
  columns: readonly string[];
  /** Texts that mean null in every column. */
  nulls: readonly string[];
}

/** What a projection does beside filling one column from one other. */
export interface ProjectionExtras {
  /** What knows nested data; absent: there is none. */
  nested?: NestedSchema | undefined;
  /** The list whose elements become rows. */
  explode?: Path | undefined;
  /** The column that takes what no other column does; null: there is none. */
  rescue: string | null;
}

type TextRule = Extract<ColumnRule, { kind: 'text' }>;

const PROVENANCE_VALUES: Record<ProvenanceColumn, ProvenanceValue> = {
  'source-file': 'unit-uri',
  'source-version': 'unit-version',
  'source-modified': 'unit-modified',
  record: 'record',
  'run-id': 'run-id',
  'ingested-at': 'planned-at',
};

/**
 * The rules that turn what a reader gives into the columns of an output: one rule per column of the table, in table order. Columns are
 * found by name, never by position, so swapped columns land where they belong. Pure.
 *
 * @param fields All columns of the table, with ids.
 * @param decisions The data columns among them; a column of the table that is not decided gets null.
 * @param sources Per decided column: where it stands in the files; the first name is in lower case.
 */
export function buildProjection(
  reader: ReaderGroup,
  output: Pick<OutputSpec, 'columns' | 'provenance' | 'mode'>,
  fields: readonly Field[],
  decisions: readonly ColumnDecision[],
  sources: ReadonlyMap<string, Path>,
  extras: ProjectionExtras = { rescue: null },
): Projection {
  const former = formerNames(reader.columns, output.columns);
  const inReader = readNames(reader.columns, former);
  const decided = new Map(decisions.map((decision) => [decision.name, decision]));
  const provenance = new Map(
    output.provenance.map((column) => [PROVENANCE_COLUMNS[column] as string, PROVENANCE_VALUES[column]]),
  );
  const rules = fields.map((target): ColumnRule => {
    const fact = provenance.get(target.name);
    if (fact) return { target, kind: 'provenance', value: fact };
    if (target.name === extras.rescue) return rescueRule(target, reader, output, decisions, sources);
    const decision = decided.get(target.name);
    const [folded = '', ...rest] = sources.get(target.name) ?? [];
    const root = decision && inReader.get(folded);
    if (!decision || root === undefined) return { target, kind: 'constant', value: null };
    const spec = columnSpecOf(output.columns, target.name)?.spec ?? {};
    const leaf = (place: Field, source: Path): TextRule =>
      textRule(place, source, place === target ? spec : insideSpec(spec, place), reader, decision.origin === 'declared');
    const { nested, explode } = extras;
    const structure = reader.plan.kind === 'json' ? reader.plan.fields : null;
    if (!nested || !structure) return leaf(target, [root]);
    const source = [root, ...rest];
    const type = nested.typeAtPath(structure, source, explode);
    return type === null ? { target, kind: 'constant', value: null } : nested.nestedRule(target, source, type, leaf);
  });
  const keys = output.mode?.kind === 'merge' ? { keys: output.mode.keys } : {};
  const { explode, rescue } = extras;
  const exploded =
    explode === undefined ? {} : { explode: [inReader.get(explode[0]?.toLowerCase() ?? '') ?? '', ...explode.slice(1)] };
  return { version: 1, rules, ...keys, ...exploded, unknownFields: rescue === null ? 'ignore' : 'rescue' };
}

/** By the names that columns have now, in lower case: what stands under a former name is that column, and no other one that is called so today. */
export function readNames(names: readonly string[], former: ReadonlyMap<string, string>): Map<string, string> {
  const renamed = new Set(former.values());
  const kept = names.filter((name) => !renamed.has(name));
  return new Map([...kept.map((name) => [name.toLowerCase(), name] as const), ...former]);
}

/** What the spec says of a nested column goes for every place inside, patterns for dates and times only. */
function insideSpec({ formats = [], ...spec }: ColumnSpec, { type: { kind } }: Field): ColumnSpec {
  return kind === 'date' || kind === 'timestamp' || kind === 'time' ? { ...spec, formats } : spec;
}

/** Keeps what no decided column reads, but for what the spec drops; a reader that gives an object of its own rest has it joined. */
function rescueRule(
  target: Field,
  reader: ReaderGroup,
  output: Pick<OutputSpec, 'columns'>,
  decisions: readonly ColumnDecision[],
  sources: ReadonlyMap<string, Path>,
): ColumnRule {
  const read = new Set(decisions.map(({ name }) => sources.get(name)?.[0]));
  const dropped = new Set([
    ...droppedColumns(output),
    ...[...formerNames(reader.columns, output.columns).values()].map((name) => name.toLowerCase()),
  ]);
  const isLeft = (name: string): boolean => !read.has(name.toLowerCase()) && !dropped.has(name.toLowerCase());
  const isJson = reader.plan.kind === 'json';
  return {
    target,
    kind: 'rescue',
    sources: isJson ? [] : reader.columns.filter(isLeft),
    from: isJson ? (reader.plan as JsonReader).rescue : null,
  };
}

/** The columns of the files that the spec leaves out, in lower case. */
export function droppedColumns({ columns }: Pick<OutputSpec, 'columns'>): Set<string> {
  return new Set(Object.entries(columns).flatMap(([name, { drop }]) => (drop ? [name.toLowerCase()] : [])));
}

function textRule(
  target: Field,
  source: Path,
  spec: ColumnSpec,
  reader: Pick<ReaderGroup, 'plan' | 'nulls'>,
  declared: boolean,
): TextRule {
  const tokens = spec.nulls ?? reader.nulls;
  // A quoted empty cell of a text file is an empty text, and null for every other type. In JSON, nothing is said by null.
  const isEmptyNull = target.type.kind !== 'string' && reader.plan.kind !== 'json';
  const nulls = isEmptyNull ? [...new Set(['', ...tokens])] : [...tokens];
  // Nobody asked for rounding when nobody declared a scale: a value with more digits is a value that does not fit.
  const exact = !declared && target.type.kind === 'decimal';
  const parse = { ...(exact ? { exact } : {}), ...spec.parse };
  return {
    target,
    kind: 'text',
    source,
    trim: spec.trim ?? false,
    nulls,
    formats: spec.formats ?? [],
    ...(Object.keys(parse).length > 0 ? { parse } : {}),
    onFailure: spec.onFailure ?? 'reject-row',
  };
}

/** Readers with the same plan, columns and null tokens become one group; ids follow the order of appearance. */
export function groupReaders(
  units: readonly { format: string; plan: ReaderPlan; columns: readonly string[]; nulls: readonly string[] }[],
  text: (value: unknown) => string,
): {
  groups: ReaderGroup[];
  readerOf: string[];
} {
  const byContent = new Map<string, ReaderGroup>();
  // Most units of a folder are written in the same order too, which is cheap to see.
  const asWritten = new Map<string, ReaderGroup>();
  // And thousands of them are one and the same object.
  const byUnit = new Map<object, string>();
  const idOf = ({ format, plan, columns, nulls }: (typeof units)[number]): string => {
    // A unit may lack what others of its group have, which is read of them all the same.
    const named = plan.kind === 'json' ? plan.fields.map(({ name }) => name) : columns;
    const reader = { format, plan, columns: named, nulls };
    const written = JSON.stringify(reader);
    const known = asWritten.get(written);
    if (known) return known.id;
    const content = text(reader as unknown as Json);
    let group = byContent.get(content);
    if (!group) {
      group = { id: `r${byContent.size + 1}`, ...reader };
      byContent.set(content, group);
    }
    asWritten.set(written, group);
    return group.id;
  };
  const readerOf = units.map((unit) => {
    const id = byUnit.get(unit) ?? idOf(unit);
    byUnit.set(unit, id);
    return id;
  });
  return { groups: [...byContent.values()], readerOf };
}
