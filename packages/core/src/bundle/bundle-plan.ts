import { type Field, typeText } from '../columns/column-type.ts';
import type { Json } from '../json/json.ts';
import type { IngestionPlan, Program } from '../plan/ingestion-plan.ts';
import { ALREADY_LOADED, COUNTED_BEFORE, QUARANTINED_BEFORE } from '../plan/skip-reasons.ts';
import type { TableChange } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { writeModeOf } from '../spec/write-mode.ts';
import type { BundleLabels } from './bundle-labels.ts';
import { type BundleParts, nameOf, wordOf } from './bundle-parts.ts';
import { bundleDiagnostic, bundleRecord } from './bundle-records.ts';
import type { BundleColumn, BundlePlan, BundleProgram, BundleSpec } from './support-bundle.ts';

const MOST_COLUMNS = 500;
const MOST_UNITS = 500;
const MOST_FINDINGS = 200;
const MOST_READERS = 20;

/**
 * What an ingestion is. Where its source is, and what its columns are compared with, stays out.
 *
 * @param tableOf The table of an output, for people.
 */
export function bundleSpec(spec: IngestionSpec, tableOf: (output: OutputSpec) => string, parts: BundleParts): BundleSpec {
  const { input, schema, limits } = spec;
  const named = input.format !== 'detect' && 'name' in input.format ? input.format : null;
  return {
    source: wordOf(input.source),
    format: named === null ? 'detect' : wordOf(named.name),
    formatOptions: named === null ? {} : traitsOf(named.options),
    onChanged: input.onChanged,
    onSameContent: input.onSameContent,
    settleSeconds: input.settleSeconds,
    schema: { ...schema },
    limits: { ...limits },
    outputs: spec.outputs.map((output) => ({
      name: output.name,
      sink: wordOf(output.sink),
      table: nameOf(tableOf(output)),
      rows: rowsOf(output.rows),
      mode: writeModeOf(output).kind,
      provenance: [...output.provenance],
      hasFilter: output.filter !== undefined,
      columns: parts
        .first('spec.columns', Object.entries(output.columns), MOST_COLUMNS)
        .map(([name, { type }]) => ({ name: nameOf(name), type: type ? typeText(type) : 'inferred' })),
    })),
  };
}

/** The next plan, without values that decided about it. */
export function bundlePlan(plan: IngestionPlan, labels: BundleLabels, parts: BundleParts): BundlePlan {
  const { generation, sequence, commitId, units, setAside, skipped } = plan.batch;
  return {
    id: plan.id,
    ...{ generation, sequence, commitId },
    program: bundleProgram(plan.program, 'plan', parts),
    units: parts.first('plan.units', units, MOST_UNITS).flatMap(({ unit, because, reader }) => {
      const known = labels.unit(unit);
      return known ? [{ ...known, because, reader }] : [];
    }),
    setAside: parts.first('plan.setAside', setAside, MOST_UNITS).map((record) => bundleRecord(record, labels)),
    skipped: skippedOf(skipped),
    findings: parts.first('plan.findings', plan.findings, MOST_FINDINGS).map((finding) => bundleDiagnostic(finding, labels)),
    backlog: { units: plan.backlog.units, bytes: plan.backlog.bytes },
  };
}

/** How units become rows: names and types of columns, and which rules there are; no constant and no token. */
export function bundleProgram(program: Program, part: string, parts: BundleParts): BundleProgram {
  return {
    hash: program.hash,
    readers: parts.first(`${part}.readers`, program.readers, MOST_READERS).map(({ id, format, plan }) => ({
      id: wordOf(id),
      format: wordOf(format),
      kind: plan.kind,
      columns: plan.kind === 'delimited' ? parts.first(`${part}.columns`, plan.columns, MOST_COLUMNS).map(nameOf) : [],
      traits: traitsOf(plan as unknown as Json),
    })),
    outputs: program.outputs.map(({ name, rows, mode, fields, changes }) => ({
      name,
      rows: rowsOf(rows),
      mode: mode.kind,
      columns: bundleColumns(fields, part, parts),
      changes: bundleChanges(changes, part, parts),
    })),
  };
}

/** Names and types of columns. */
export function bundleColumns(fields: readonly Field[], part: string, parts: BundleParts): BundleColumn[] {
  return parts
    .first(`${part}.columns`, fields, MOST_COLUMNS)
    .map(({ name, type }) => ({ name: nameOf(name), type: typeText(type).slice(0, 1000) }));
}

/** What changes in a table, and where. */
export function bundleChanges(
  changes: readonly TableChange[],
  part: string,
  parts: BundleParts,
): { kind: string; path: string[] }[] {
  return parts
    .first(`${part}.changes`, changes, MOST_COLUMNS)
    .map(({ kind, path }) => ({ kind, path: path.map((name) => nameOf(String(name))) }));
}

const OWN_REASONS: ReadonlySet<string> = new Set([ALREADY_LOADED, COUNTED_BEFORE, QUARANTINED_BEFORE]);

/** Reasons of core itself; a source can put names into its own. */
export function skippedOf(groups: readonly { reason: string; count: number }[]): { reason: string; count: number }[] {
  return groups.map(({ reason, count }) => ({ reason: OWN_REASONS.has(reason) ? reason : 'other', count }));
}

/** Switches, numbers and single characters, such as a delimiter; a longer text could be a value. */
function traitsOf(options: Json): Record<string, Json> {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) return {};
  const isTrait = (value: unknown): boolean =>
    value === null || typeof value === 'boolean' || typeof value === 'number' || (typeof value === 'string' && value.length <= 1);
  return Object.fromEntries(
    Object.entries(options as Record<string, Json>).filter(([name, value]) => wordOf(name) === name && isTrait(value)),
  );
}

function rowsOf(rows: OutputSpec['rows']): string {
  return typeof rows === 'string' ? rows : 'explode';
}
