import { redactRecord } from '../checkpoint/redact-record.ts';
import type { Redactor } from '../errors/redactor.ts';
import { type HashJson, planId } from './identities.ts';
import type { IngestionPlan } from './ingestion-plan.ts';

/**
 * A plan without secrets in what people read of it: findings, evidence, what is left out and why. What it does stays as it is; the id follows
 * from the whole plan.
 */
export function redactPlan(plan: IngestionPlan, redactor: Redactor, hash: HashJson): IngestionPlan {
  const { id: _, ...body } = plan;
  const { findings, columns, batch } = body;
  const clean = {
    findings: redactor.json(findings),
    columns: redactor.json(columns.map(({ evidence }) => evidence)),
    skipped: redactor.json(batch.skipped),
    setAside: batch.setAside.map((record) => redactRecord(record, redactor)),
  };
  const isClean =
    clean.findings === findings &&
    clean.skipped === batch.skipped &&
    columns.every(({ evidence }, index) => clean.columns[index] === evidence) &&
    batch.setAside.every((record, index) => clean.setAside[index] === record);
  if (isClean) return plan;
  const redacted: Omit<IngestionPlan, 'id'> = {
    ...body,
    findings: clean.findings,
    columns: columns.map((column, index) => ({ ...column, evidence: clean.columns[index] ?? [] })),
    batch: { ...batch, skipped: clean.skipped, setAside: clean.setAside },
  };
  return { id: planId(redacted, hash), ...redacted };
}
