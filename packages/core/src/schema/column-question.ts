import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ObservedField } from '../format/observation.ts';
import type { Path } from '../json/json.ts';
import type { ColumnDecision } from '../plan/ingestion-plan.ts';
import { fileName } from '../source/file-name.ts';
import type { Position } from '../source/position.ts';
import type { ColumnSpec, FlattenSpec, LimitsSpec, SchemaPolicy } from '../spec/ingestion-spec.ts';
import type { SeenFields } from './seen-fields.ts';

/** A column of a file, or a place inside of one that becomes a column of its own. */
export interface PlacedField extends ObservedField {
  /** Where it stands in the file; absent: the column of that name. */
  path?: Path;
  /** Only the columns of the spec that name this place get it. */
  declaredOnly?: boolean;
}

/** What a unit brings: thousands that are like each other may bring the very same. */
export interface ObservedUnit {
  fields: readonly PlacedField[];
  /** Texts that mean null in its columns, by the options of its format. */
  nulls?: readonly string[];
  /** Only a part was looked at: what was not seen may still be there. */
  isSample?: boolean;
}

/** Everything that decides the columns of a table. */
export interface ColumnQuestion {
  units: readonly ObservedUnit[];
  /** Of each unit its uri, for messages, and its key, for positions. */
  names: readonly { uri: string; key: string }[];
  /** What the user says, by column of the table. */
  declared: Readonly<Record<string, ColumnSpec>>;
  /** Columns of the existing table; null when there is none. */
  table: readonly Field[] | null;
  /** What knows columns of tables; absent: there is no table. Pages that plan new tables do not load it. */
  tableSchema?: TableSchema;
  /** Names that columns of the table had before: former name -> present one, as `TableState.renamed` has them. */
  renamed?: readonly { from: Path; to: Path }[];
  /** Names that provenance takes. */
  reserved: readonly string[];
  policy: SchemaPolicy;
  limits: Pick<LimitsSpec, 'maxRejectedRatio'>;
  /** Objects of nested columns become columns. */
  flatten?: FlattenSpec;
  /** The list whose elements become rows. */
  explode?: Path;
  /** What knows nested data; absent: there is none. Pages that plan flat files do not load it. */
  nested?: NestedSchema;
}

/** The module that knows columns of tables that exist. */
export type TableSchema = typeof import('./table-schema.ts');

/** The module that knows nested data. */
export type NestedSchema = typeof import('./nested/nested-schema.ts');

/** The columns of the table, and the units that cannot be loaded as things are. */
export interface ColumnAnswer {
  /** Data columns in table order: those of the table first, then new ones in order of appearance. Provenance is not among them. */
  columns: ColumnDecision[];
  /** Per column of the answer: where it stands in the files; the first name is in lower case. */
  sources: ReadonlyMap<string, Path>;
  /** Unit index -> why it waits. */
  held: ReadonlyMap<number, Diagnostic>;
  findings: Diagnostic[];
}

/** One column under discussion. */
export interface CandidateColumn {
  /** Name in the table. */
  name: string;
  /** Where it stands in the files; the first name is in lower case. */
  source: Path;
  /** What the spec says, and the name under which it says so. */
  declared: { name: string; spec: ColumnSpec } | null;
  /** The column of the existing table. */
  table: Field | null;
  seen: SeenFields;
}

/** What one round of deciding collects. */
export class ColumnDebate {
  readonly question: ColumnQuestion;
  /** Indexes of the units that take part in this round. */
  readonly taking: readonly number[];
  readonly findings: Diagnostic[] = [];
  readonly #held: Map<number, Diagnostic>;

  constructor(question: ColumnQuestion, held: Map<number, Diagnostic>) {
    this.question = question;
    this.#held = held;
    this.taking = Array.from(question.units.keys()).filter((index) => !held.has(index));
  }

  /** The unit waits. The first reason is the one that is told. */
  hold(unit: number, reason: Diagnostic): void {
    if (!this.#held.has(unit)) this.#held.set(unit, reason);
  }

  uriOf(unit: number | undefined): string {
    return this.question.names[unit ?? -1]?.uri ?? 'a file';
  }

  /** ` in orders.csv line 7`, as far as it is known. */
  place(at: Position): string {
    const uri = this.question.names.find(({ key }) => key === at.unit)?.uri;
    const line = at.line === undefined ? '' : ` line ${at.line}`;
    return uri ? ` in ${fileName(uri)}${line}` : line && ` in${line}`;
  }
}
