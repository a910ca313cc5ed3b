import { CalveError } from '../errors/calve-error.ts';
import type { ColumnRule, Projection } from './projection.ts';
import { singleValue } from './single-value.ts';
import { unsupportedRule } from './strict-rules.ts';

/**
 * Refuses a projection that this version cannot execute as it stands, before any data is read.
 *
 * @throws {CalveError} `SPEC_INVALID`, naming the column and what is not yet available, or the constant that is no value of its type.
 */
export function checkProjection(projection: Projection): void {
  if (projection.filter !== undefined) throw invalid('A filter is not yet available.', {});
  if (projection.unknownFields === 'reject-row')
    throw invalid('unknownFields "reject-row" is not yet available, only "ignore" and "rescue".', {});
  for (const rule of projection.rules) {
    const reason = unsupportedRule(rule) ?? unfitConstant(rule);
    if (reason !== null) throw invalid(`Column "${rule.target.name}": ${reason}.`, { column: rule.target.name });
  }
}

function unfitConstant(rule: ColumnRule): string | null {
  if (rule.kind !== 'constant' || rule.value === null) return null;
  return singleValue(String(rule.value), rule.target.type) === null
    ? `the constant ${JSON.stringify(rule.value)} is no value of its type`
    : null;
}

function invalid(message: string, context: { column?: string }): CalveError {
  return new CalveError('SPEC_INVALID', message, { recovery: 'fix-input', context });
}
