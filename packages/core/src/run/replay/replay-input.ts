import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { DecodeEvent } from '../../format/decode-event.ts';
import { recordReader } from '../../format/record-reader.ts';
import type { IngestionPlan, ProgramOutput } from '../../plan/ingestion-plan.ts';
import type { ReadAs } from '../../replay/open-rejections.ts';
import type { ObjectUnit, ReplayedRows } from '../../source/input-unit.ts';
import type { CalveConfiguration } from '../calve-configuration.ts';
import type { Connections } from '../connections.ts';
import { openDecoder } from '../open-decoder.ts';
import { readRejected, type StoredRejection } from './read-rejected.ts';
import { asBefore, decodeSeparately, type RecordDecoding } from './separate-records.ts';
import { WholeRecords } from './whole-record.ts';

/** Records that are decoded at a time. */
const RECORDS = 1000;
const BYTES = 1 << 20;
/** Up to so many bytes the rows of all units of a plan are read in one pass over their table; beyond, each unit takes its own. */
const KEPT_BYTES = 64 << 20;

/** What reading rejected rows again takes. */
export interface ReplayServices {
  /** The table of rejected rows. */
  output: Pick<ProgramOutput, 'sink' | 'target'>;
  source: IngestionPlan['program']['source'];
  /** Rows tell the number of their record. */
  keepsNumbers: boolean;
  configuration: CalveConfiguration;
  connections: Connections;
  context: CallContext;
}

/** Gives the records of replayed units to whoever types and writes rows, as a decoder gives those of a file. */
export class ReplayInput {
  readonly #units: readonly ObjectUnit[];
  readonly #services: ReplayServices;
  #kept: Map<string, StoredRejection[]> | null = null;

  /** @param units All that will be read, whose rows are read together where they fit. */
  constructor(units: readonly ObjectUnit[], services: ReplayServices) {
    this.#units = units;
    this.#services = services;
  }

  /**
   * The rejected rows of a unit as decode events. All of them come, once each.
   *
   * @throws {CalveError} `PLAN_STALE` (replan): the table of rejected rows does not hold the rows that the ledger counted.
   */
  async *events(unit: ObjectUnit, { format, reader }: ReadAs): AsyncGenerator<DecodeEvent> {
    const { replay } = unit;
    const records = recordReader(reader);
    if (!replay || records === null)
      throw new CalveError('PLAN_INVALID', `${unit.uri}: its records cannot be read without the file.`, { recovery: 'replan' });
    const { configuration, context, keepsNumbers } = this.#services;
    const decoder = await openDecoder(configuration, format, context);
    const decoding: RecordDecoding = { decoder, reader: records, context, keepsNumbers };
    const { connections, source } = this.#services;
    const file = new WholeRecords(replay.of, reader, decoding, () => connections.source(source.name, source.options));
    let rows = 0;
    try {
      let chunk: StoredRejection[] = [];
      let bytes = 0;
      for await (const rejection of this.#rejections(replay)) {
        rows += 1;
        const found = rejection.truncated ? await file.find(rejection) : rejection;
        // The beginning of a record is no record.
        if (found) chunk.push(found);
        else yield { kind: 'rejected', records: [asBefore(rejection)] };
        // As long as it is now: a record from the file has far more bytes than what was kept.
        bytes += found?.raw.length ?? 0;
        if (chunk.length < RECORDS && bytes < BYTES) continue;
        yield* decodeSeparately(chunk, decoding);
        chunk = [];
        bytes = 0;
      }
      if (chunk.length > 0) yield* decodeSeparately(chunk, decoding);
    } finally {
      await file.close();
    }
    if (rows === replay.rows) return;
    throw new CalveError(
      'PLAN_STALE',
      `Of ${unit.uri}, commit ${replay.sequence} set ${replay.rows} rows aside, but the table of rejected rows has ${rows}: none of them is loaded.`,
      { recovery: 'replan', context: { unit: unit.key, counted: replay.rows, found: rows } },
    );
  }

  async *#rejections({ of, sequence }: ReplayedRows): AsyncGenerator<StoredRejection> {
    const { output } = this.#services;
    const bytes = this.#units.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (bytes > KEPT_BYTES) {
      const isOwn = (uri: string, version: string, commit: number): boolean =>
        uri === of.uri && version === of.version && commit === sequence;
      yield* readRejected(output, isOwn, this.#services);
      return;
    }
    this.#kept ??= await this.#readAll();
    yield* this.#kept.get(placeOf(of.uri, of.version, sequence)) ?? [];
  }

  async #readAll(): Promise<Map<string, StoredRejection[]>> {
    const kept = new Map<string, StoredRejection[]>();
    for (const { replay } of this.#units) if (replay) kept.set(placeOf(replay.of.uri, replay.of.version, replay.sequence), []);
    const isWanted = (...place: [string, string, number]): boolean => kept.has(placeOf(...place));
    for await (const rejection of readRejected(this.#services.output, isWanted, this.#services))
      kept.get(placeOf(rejection.uri, rejection.version, rejection.sequence))?.push(rejection);
    return kept;
  }
}

/** Where rejected rows of one file and commit are found. */
export function placeOf(uri: string, version: string, sequence: number): string {
  return JSON.stringify([uri, version, sequence]);
}

/** The input for the replayed units of a plan; null: it has none. */
export function replayInputOf(
  plan: Pick<IngestionPlan, 'program' | 'batch'>,
  services: Pick<ReplayServices, 'configuration' | 'connections' | 'context'>,
): ReplayInput | null {
  const units = plan.batch.units.flatMap(({ unit }) => (unit.kind === 'object' && unit.replay ? [unit] : []));
  const { outputs, source } = plan.program;
  const output = outputs.find(({ rows }) => rows === 'rejected');
  if (units.length === 0 || !output) return null;
  const rules = Object.values(outputs[0]?.projections ?? {}).flatMap((projection) => projection.rules);
  const keepsNumbers = rules.some((rule) => rule.kind === 'provenance' && rule.value === 'record');
  return new ReplayInput(units, { output, source, keepsNumbers, ...services });
}
