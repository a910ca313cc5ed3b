import { PROVENANCE_COLUMNS, RESCUE_COLUMN } from '../checkpoint/persisted-names.ts';
import type { ColumnType, Field } from '../columns/column-type.ts';
import type { IngestionSpec, ProvenanceColumn } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';

const string: ColumnType = { kind: 'string' };
const int64: ColumnType = { kind: 'int64' };
const utc: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'utc' };

const PROVENANCE_TYPES: Record<ProvenanceColumn, ColumnType> = {
  'source-file': string,
  'source-version': string,
  'source-modified': utc,
  record: int64,
  'run-id': string,
  'ingested-at': utc,
};

/** Columns that tell where a row came from, in the order of the spec. */
export function provenanceFields(columns: readonly ProvenanceColumn[]): Field[] {
  return columns.map((column) => ({ name: PROVENANCE_COLUMNS[column], type: PROVENANCE_TYPES[column], required: false }));
}

/** The column for what no other column takes, as text of a JSON object per row: when the spec has something kept there. */
export function rescueFields({ schema, outputs }: Pick<IngestionSpec, 'schema' | 'outputs'>): Field[] {
  const columns = Object.values(mainOutput({ outputs }).columns);
  const isUsed = schema.onNewColumn === 'rescue' || columns.some(({ onFailure }) => onFailure === 'rescue');
  return isUsed ? [{ name: RESCUE_COLUMN, type: string, required: false }] : [];
}

/** Columns of a table of rejected rows. `_ingested_at` is always there: the table is partitioned by its day. */
export function rejectedFields(provenance: readonly ProvenanceColumn[]): Field[] {
  const columns = provenance.includes('ingested-at') ? provenance : [...provenance, 'ingested-at' as const];
  const optional = (name: string, type: ColumnType): Field => ({ name, type, required: false });
  return [
    ...provenanceFields(columns),
    optional('sequence', int64),
    optional('program_hash', string),
    optional('errors', { kind: 'list', element: { name: 'element', type: string, required: false } }),
    optional('raw', { kind: 'binary' }),
    optional('raw_truncated', { kind: 'boolean' }),
    optional('byte_offset', int64),
    optional('line', int64),
    optional('sheet', string),
  ];
}
