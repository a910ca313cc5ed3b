import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Field } from '../columns/column-type.ts';
import type { ExternalAccess } from '../context/plugin.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { Json, Path } from '../json/json.ts';
import type { Projection } from '../projection/projection.ts';
import type { Evidence } from '../schema/evidence.ts';
import type { TableChange } from '../sink/sink.ts';
import type { InputUnit } from '../source/input-unit.ts';
import type { IngestionSpec, OutputSpec, WriteMode } from '../spec/ingestion-spec.ts';

/** One output of a program. */
export interface ProgramOutput {
  name: string;
  /** Key of the sink. */
  sink: string;
  rows: OutputSpec['rows'];
  /** Validated options of the sink. */
  target: Json;
  access: ExternalAccess;
  /** All columns of the table after `changes`, with ids, in table order. */
  fields: Field[];
  changes: TableChange[];
  /** Keyed by reader id. Empty for rejected rows, whose columns are fixed. */
  projections: Record<string, Projection>;
  mode: WriteMode;
}

/** How units become rows: stable over batches, and all that code generation reads. */
export interface Program {
  /** Of everything else in the program. */
  hash: string;
  tenant: string;
  ingestion: string;
  access: ExternalAccess;
  source: { name: string; options: Json };
  /** One per header or schema group; `format` is the key of the plugin whose decoder reads it. */
  readers: { id: string; format: string; plan: ReaderPlan }[];
  outputs: ProgramOutput[];
  limits: IngestionSpec['limits'];
}

/** Why a unit is in a batch. */
export type UnitReason = 'new' | 'changed' | 'retry' | 'requested';

/**
 * A unit that the plan does not load: the ledger record that `apply` writes for it, and the reason. Held and quarantined units, the
 * same content under another name, and a known file under a new identity (`ingested`, nothing loads).
 */
export type SetAsideUnit = UnitRecord & { finding: Diagnostic };

/** The units of one commit. */
export interface Batch {
  generation: string;
  sequence: number;
  commitId: string;
  plannedAt: string;
  skipped: { reason: string; count: number; examples: string[] }[];
  units: {
    unit: InputUnit;
    reader: string;
    because: UnitReason;
    observation?: Json;
    /** What was loaded from the same place before, newest last: all rows of that file go with the commit. Absent: nothing. */
    replaces?: UnitRecord[];
  }[];
  /** Recorded in the ledger by `apply`: unchanged content under a new key, same content, held, quarantined. */
  setAside: SetAsideUnit[];
}

/**
 * What must still hold, by meaning: rows that others add void no plan, since which rows a merge or an overwrite replaces is found out when it is staged.
 * `absent` is a state: a plan made on an empty world applies once.
 */
export type Precondition =
  | { kind: 'ledger'; generation: string | 'absent'; sequence: number }
  | { kind: 'spec'; hash: string }
  | { kind: 'table'; output: string; identity: string | 'absent'; schemaId: number | null; partitionSpecId: number | null };

/** What was decided about one column, for people. */
export interface ColumnDecision {
  name: string;
  field: Field;
  origin: 'declared' | 'table' | 'inferred' | 'file-schema' | 'provenance' | 'rescue';
  evidence: Evidence[];
  /** Of an inferred struct, list or map: the evidence of each place inside, by names of members, `element` and `value`. */
  inside?: { path: Path; evidence: Evidence[] }[];
  /** Values that do not fit and will be rejected, as far as they were seen. */
  misfits: number;
}

/**
 * What will happen, as a value: it can be read, stored, approved and sent to another process. Making it writes nothing.
 * A plan without units and without `setAside` has nothing to do.
 */
export interface IngestionPlan {
  planVersion: 1;
  id: string;
  spec: IngestionSpec;
  program: Program;
  batch: Batch;
  preconditions: Precondition[];
  findings: Diagnostic[];
  /** The columns of the first output. */
  columns: ColumnDecision[];
  /** What is left for the next plan. */
  backlog: { units: number; bytes: number; complete: boolean };
  estimate?: Json;
  slot?: Json;
}
