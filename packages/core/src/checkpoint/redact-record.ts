import type { Redactor } from '../errors/redactor.ts';
import type { UnitRecord } from './unit-record.ts';

/** A record without secrets in what people read. Unit, state and counts, by which the ledger works, stay as they are. */
export function redactRecord<R extends UnitRecord>(record: R, redactor: Redactor): R {
  const { finding, code } = record;
  if (finding === undefined && code === undefined) return record;
  const told = { ...(finding === undefined ? {} : { finding }), ...(code === undefined ? {} : { code }) };
  const clean = redactor.json(told);
  return clean === told ? record : { ...record, ...clean };
}
