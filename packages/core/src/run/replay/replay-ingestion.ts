import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { IngestionPlan } from '../../plan/ingestion-plan.ts';
import { isOverwrite } from '../../plan/is-overwrite.ts';
import { columnsOfCode, isTaken, type ReplayFilter, type ReplayState } from '../../replay/replay-filter.ts';
import type { LeftRows, ReplayPreview } from '../../replay/replay-preview.ts';
import type { IngestionSpec } from '../../spec/ingestion-spec.ts';
import { mainOutput } from '../../spec/named-outputs.ts';
import { type PlanningRequest, planIngestion } from '../plan-ingestion.ts';
import { planReplay } from './plan-replay.ts';

/** Applies one plan of a replay. @returns false: another worker was at work, and the plan has to be made afresh. */
export type ApplyReplay = (plan: IngestionPlan) => Promise<boolean>;

/**
 * Plans and applies what a filter takes, until nothing is left of it: first files that wait, then rejected rows. Rows that are rejected again do not go
 * once more.
 *
 * @param onLeft Hears of rejected rows that stay where they are, and why.
 * @throws {CalveError} `OVERWRITE_INCOMPLETE` (decide): the ingestion overwrites, and a file of the replay would take the place of others.
 */
export async function replayIngestion(
  spec: IngestionSpec,
  filter: ReplayFilter,
  request: Omit<PlanningRequest, 'except' | 'isRequested'>,
  apply: ApplyReplay,
  onLeft: (left: LeftRows) => void,
): Promise<void> {
  const settled = new Set<string>();
  while (wantsFiles(filter)) {
    const plan = await planIngestion(spec, { ...request, except: settled, isRequested: requestedBy(filter) });
    assertReplacesNothing(plan);
    if (!(await apply(plan))) continue;
    for (const { unit } of [...plan.batch.units, ...plan.batch.setAside]) settled.add(unit.key);
    if (plan.backlog.units === 0) break;
  }
  const gone = new Set<string>();
  while (wantsRows(filter)) {
    const planned = await planReplay(spec, filter, { ...request, except: gone });
    if (planned === null) return;
    if (planned.plan && !(await apply(planned.plan))) continue;
    for (const left of planned.left) onLeft(left);
    for (const place of planned.places) gone.add(place);
    if (planned.backlog === 0) return;
  }
}

/** What a replay would do. Writes nothing. @throws {CalveError} As the replay would. */
export async function previewReplay(
  spec: IngestionSpec,
  filter: ReplayFilter,
  request: Omit<PlanningRequest, 'except' | 'isRequested'>,
): Promise<ReplayPreview> {
  const main = mainOutput(spec);
  const preview: ReplayPreview = {
    ingestion: spec.id,
    table: (await request.connections.sink(main.sink)).describe(main.options).name,
    files: [],
    rows: [],
    left: [],
  };
  if (wantsFiles(filter)) {
    const plan = await planIngestion(spec, { ...request, except: new Set(), isRequested: requestedBy(filter) });
    assertReplacesNothing(plan);
    preview.files = filesOf(plan);
  }
  const gone = new Set<string>();
  while (wantsRows(filter)) {
    const planned = await planReplay(spec, filter, { ...request, except: gone });
    if (planned === null) break;
    preview.rows.push(...planned.rows);
    preview.left.push(...planned.left);
    for (const place of planned.places) gone.add(place);
    if (planned.backlog === 0) break;
  }
  return preview;
}

/** A replay takes what waits, and nothing that came with it or since: of an overwrite that is a part. */
function assertReplacesNothing(plan: IngestionPlan): void {
  const [first] = plan.batch.units;
  if (!first || !isOverwrite(plan)) return;
  const { length } = plan.batch.units;
  const name = first.unit.kind === 'object' ? first.unit.uri : first.unit.key;
  const files = length === 1 ? name : `${name} and ${length - 1} more`;
  throw new CalveError(
    'OVERWRITE_INCOMPLETE',
    `${files} cannot go again by a replay: this ingestion overwrites, so what waited would take the place of what was loaded since. ` +
      'Deliver it again together with the files that belong to it, or run the ingestion if it is to replace what is there.',
    {
      recovery: { kind: 'decide', choices: ['deliver all files again', 'run the ingestion'] },
      context: { unit: first.unit.key, files: length },
    },
  );
}

function filesOf({ batch }: IngestionPlan): ReplayPreview['files'] {
  const loading = batch.units.flatMap(({ unit }) =>
    unit.kind === 'object' ? [{ unit: unit.key, uri: unit.uri, state: 'load' as const, message: null }] : [],
  );
  const waiting = batch.setAside.flatMap(({ unit, state, finding }) =>
    unit.kind === 'object' && state !== 'ingested' ? [{ unit: unit.key, uri: unit.uri, state, message: finding.message }] : [],
  );
  return [...loading, ...waiting];
}

const FILE_STATES: readonly ReplayState[] = ['held', 'quarantined', 'failed'];

function wantsFiles({ states, sequences }: ReplayFilter): boolean {
  return sequences === undefined && (states?.some((state) => FILE_STATES.includes(state)) ?? true);
}

function wantsRows({ states }: ReplayFilter): boolean {
  return states?.includes('rejected') ?? true;
}

function requestedBy(filter: ReplayFilter): (record: UnitRecord) => boolean {
  return ({ unit, state, code, finding }) => {
    const known = FILE_STATES.find((other) => other === state);
    if (known === undefined || unit.kind !== 'object') return false;
    const codes = [code, finding?.code].filter((name) => name !== undefined);
    const columns = [finding?.at?.column, ...codes.flatMap(columnsOfCode)].filter((name) => typeof name === 'string');
    return isTaken(filter, { uri: unit.uri, state: known, codes, columns, sequence: null });
  };
}
