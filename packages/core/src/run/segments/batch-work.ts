import type { CommitIntent } from '../../checkpoint/commit-intent.ts';
import type { CallContext } from '../../context/call-context.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { IngestionPlan, Program } from '../../plan/ingestion-plan.ts';
import type { Projector, ProvenanceFacts } from '../../projection/apply-projection.ts';
import { openProjector } from '../../projection/open-projector.ts';
import type { Projection } from '../../projection/projection.ts';
import type { ByteReader } from '../../source/byte-reader.ts';
import type { HashingReader } from '../../source/hashing-reader.ts';
import { hashingReader } from '../../source/hashing-reader.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import { bytesOf } from '../../source/own-bytes.ts';
import type { CalveConfiguration } from '../calve-configuration.ts';
import type { Connections } from '../connections.ts';
import { openDecoder } from '../open-decoder.ts';
import type { ReplayInput } from '../replay/replay-input.ts';
import { decodeRequest } from './decode-request.ts';
import { HostPause } from './host-pause.ts';
import type { InlineUnit } from './inline-unit.ts';

/** What the work on a batch needs, whoever does it. */
export interface BatchSettings {
  plan: IngestionPlan;
  intent: CommitIntent;
  configuration: CalveConfiguration;
  connections: Connections;
  context: CallContext;
  /** Called with the number of stored bytes each time that the front of a file moves on. */
  onBytes(bytes: number): void;
  /** Threads were asked for, and the thread of the run does all the work: why. */
  onOneThread(why: string): void;
  /** Where the records of units that go again come from; null: the plan has none. */
  replay: ReplayInput | null;
}

/** Opens the units of a batch. Projectors are made once for all units of a reader. */
export class BatchWork {
  readonly settings: BatchSettings;
  /** Between batches that are worked on in this thread. */
  readonly pause: HostPause;
  readonly #projectors = new Map<string, Promise<Projector>>();

  constructor(settings: BatchSettings) {
    this.settings = settings;
    this.pause = new HostPause(settings.context.environment);
  }

  /** @throws {CalveError} `PLAN_INVALID` (replan): the plan has no such reader. */
  reader(id: string): Program['readers'][number] {
    const reader = this.settings.plan.program.readers.find((other) => other.id === id);
    if (reader) return reader;
    throw new CalveError('PLAN_INVALID', `The plan has no reader "${id}".`, { recovery: 'replan' });
  }

  /** @throws {CalveError} `PLAN_INVALID` (replan): the plan has none for this reader. */
  projection(readerId: string): Projection {
    const projection = this.settings.plan.program.outputs[0]?.projections[readerId];
    if (projection) return projection;
    throw new CalveError('PLAN_INVALID', `The plan has no projection for reader "${readerId}".`, { recovery: 'replan' });
  }

  /** The stored bytes of a unit; of one that goes again nothing, since its rows are not read from its file. */
  async open(unit: ObjectUnit): Promise<HashingReader> {
    const { configuration, onBytes } = this.settings;
    const opened = unit.replay ? bytesOf(new Uint8Array(0)) : await this.stored(unit);
    return hashingReader(opened, configuration.environment.sha256(), onBytes);
  }

  /** How a unit is worked on in this thread. @param bytes Of `open`. @param context Of the decoder. */
  async inline(
    unit: ObjectUnit,
    readerId: string,
    bytes: HashingReader,
    context: CallContext = this.settings.context,
  ): Promise<InlineUnit> {
    const { configuration, replay } = this.settings;
    const reader = this.reader(readerId);
    const decoder = await openDecoder(configuration, reader.format, this.settings.context);
    const projector = await this.projector(readerId);
    const decode =
      replay && unit.replay
        ? () => replay.events(unit, { format: reader.format, reader: reader.plan })
        : () => decoder.decode(bytes, reader.plan, { kind: 'whole' }, decodeRequest(reader.plan), context);
    return { decode, projector, facts: this.facts(unit), pause: this.pause };
  }

  /** @throws {CalveError} `PLAN_INVALID` (replan): the plan has none for this reader; `SPEC_INVALID`: it cannot be executed. */
  projector(readerId: string): Promise<Projector> {
    const known = this.#projectors.get(readerId) ?? openProjector(this.projection(readerId));
    this.#projectors.set(readerId, known);
    return known;
  }

  facts({ uri, version, modifiedAt }: ObjectUnit): ProvenanceFacts {
    const { runId, plannedAt } = this.settings.intent;
    return { unitUri: uri, unitVersion: version, unitModified: modifiedAt, runId, plannedAt };
  }

  /** The stored bytes of the planned version of a unit. */
  async stored(unit: ObjectUnit): Promise<ByteReader> {
    const { plan, connections, context } = this.settings;
    const { name, options } = plan.program.source;
    return (await connections.source(name, options)).open(unit, context);
  }
}
