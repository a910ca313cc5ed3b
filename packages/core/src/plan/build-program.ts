import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import type { Field } from '../columns/column-type.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { Json } from '../json/json.ts';
import type { ColumnRule, Projection, ProvenanceValue } from '../projection/projection.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { ColumnSpec, OutputSpec, ProvenanceColumn } from '../spec/ingestion-spec.ts';
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
 * @param sources Per decided column: its name in the files, in lower case.
 */
export function buildProjection(
  reader: ReaderGroup,
  output: Pick<OutputSpec, 'columns' | 'provenance'>,
  fields: readonly Field[],
  decisions: readonly ColumnDecision[],
  sources: ReadonlyMap<string, string>,
): Projection {
  const inReader = new Map(reader.columns.map((name) => [name.toLowerCase(), name]));
  const decided = new Map(decisions.map((decision) => [decision.name, decision]));
  const provenance = new Map(
    output.provenance.map((column) => [PROVENANCE_COLUMNS[column] as string, PROVENANCE_VALUES[column]]),
  );
  const rules = fields.map((target): ColumnRule => {
    const fact = provenance.get(target.name);
    if (fact) return { target, kind: 'provenance', value: fact };
    const decision = decided.get(target.name);
    const source = decision && inReader.get(sources.get(target.name) ?? '');
    if (!decision || source === undefined) return { target, kind: 'constant', value: null };
    return textRule(
      target,
      source,
      columnSpecOf(output.columns, target.name)?.spec ?? {},
      reader.nulls,
      decision.origin === 'declared',
    );
  });
  return { version: 1, rules, unknownFields: 'ignore' };
}

function textRule(
  target: Field,
  source: string,
  spec: ColumnSpec,
  readerNulls: readonly string[],
  declared: boolean,
): ColumnRule {
  const tokens = spec.nulls ?? readerNulls;
  // A quoted empty cell is an empty text, and null for every other type.
  const nulls = target.type.kind === 'string' ? [...tokens] : [...new Set(['', ...tokens])];
  // Nobody asked for rounding when nobody declared a scale: a value with more digits is a value that does not fit.
  const exact = !declared && target.type.kind === 'decimal';
  const parse = { ...(exact ? { exact } : {}), ...spec.parse };
  return {
    target,
    kind: 'text',
    source: [source],
    trim: spec.trim ?? false,
    nulls,
    formats: spec.formats ?? [],
    ...(Object.keys(parse).length > 0 ? { parse } : {}),
    onFailure: spec.onFailure ?? 'reject-row',
  };
}

/** Readers with the same plan and null tokens become one group; ids follow the order of appearance. */
export function groupReaders(
  units: readonly { format: string; plan: ReaderPlan; columns: readonly string[]; nulls: readonly string[] }[],
  text: (value: unknown) => string,
): {
  groups: ReaderGroup[];
  readerOf: string[];
} {
  const byContent = new Map<string, ReaderGroup>();
  const readerOf = units.map(({ format, plan, columns, nulls }) => {
    const content = text({ format, plan, nulls } as unknown as Json);
    let group = byContent.get(content);
    if (!group) {
      group = { id: `r${byContent.size + 1}`, format, plan, columns, nulls };
      byContent.set(content, group);
    }
    return group.id;
  });
  return { groups: [...byContent.values()], readerOf };
}
