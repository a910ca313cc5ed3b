import type { ProgramOutput } from '@calve/core/plugin';
import { PROVENANCE_COLUMNS } from '@calve/core/plugin';
import { headOf, schemaOf, snapshotOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import { NAME_MAPPING_PROPERTY } from '../spec/name-mapping.ts';
import type { RewrittenTable } from './rewrite-configuration.ts';

/** The present snapshot of a table, as writers read it that rewrite it. @param names From the name of the catalog down. */
export function rewrittenTable(names: string[], metadata: TableMetadata): RewrittenTable {
  const head = headOf(metadata);
  const nameMapping = metadata.properties?.[NAME_MAPPING_PROPERTY];
  return {
    names,
    snapshot: head === null ? null : String(head),
    manifestList: head === null ? null : snapshotOf(metadata, head)['manifest-list'],
    schema: schemaOf(metadata),
    specs: metadata['partition-specs'],
    ...(nameMapping === undefined ? {} : { nameMapping }),
  };
}

/** Whether a batch of an output may take rows out of its table; rows of a file can be replaced where rows name their file. */
export function mayRewrite({ mode, rows, fields }: ProgramOutput): boolean {
  if (rows === 'rejected') return false;
  return mode.kind !== 'append' || fields.some(({ name }) => name === PROVENANCE_COLUMNS['source-file']);
}
