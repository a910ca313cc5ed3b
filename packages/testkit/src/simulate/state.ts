import type { CheckpointStore, CheckpointStoreFactory, CommitIntent, Head, LeaseStore, UnitRecord } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { StoreFault } from './history.ts';
import type { CallWay, SimulatedProcess } from './process.ts';
import { sentCopy } from './sent-copy.ts';

/** A call that changes the state. */
interface Change {
  /** Name of the process. */
  by: string;
  method: string;
  /** A copy of what the caller gave, as it arrives on the other side of a network. */
  parameters: readonly unknown[];
}

/** A head that was written. */
export interface WrittenHead {
  /** Name of the process. */
  by: string;
  head: Head;
}

type Advance = Parameters<CheckpointStore['advance']>;
/** Calls that change nothing. */
const LOOKS = new Set(['read', 'lookup', 'unsettled', 'scan', 'close']);
const OWNER = { tenant: 'default', ingestion: 'orders' } as const;

/**
 * The state of a history: a store that survives processes, behind a connection that loses answers. Any store can be put behind it; calls that it
 * does not know are passed on.
 */
export class SimulatedState {
  readonly #create: () => CheckpointStoreFactory;
  #store: Promise<CheckpointStore>;
  /** Every change that was made, to make a backup of. */
  #changes: Change[] = [];
  #backup: Change[] = [];
  /** By commit id: the outputs of which it was ever durable that they are about to be committed. */
  readonly announced = new Map<string, Set<string>>();

  /** Called when a head has been written, before anybody knows of it. */
  onWritten: (written: WrittenHead) => void | Promise<void> = () => {};
  readonly #hasLeases: boolean;

  /**
   * @param create Makes an empty store.
   * @param hasLeases False: nobody is told of the leases that the store has.
   */
  constructor(create: () => CheckpointStoreFactory, hasLeases = true) {
    this.#create = create;
    this.#hasLeases = hasLeases;
    this.#store = create().open();
  }

  /** The store as a process reaches it. */
  factory(process: SimulatedProcess): CheckpointStoreFactory {
    return { open: async () => this.#connect(process) };
  }

  /** Past all faults: what the state holds now. */
  async look(): Promise<{ head: Head | null; records: UnitRecord[] }> {
    const store = await this.#store;
    const found = await store.read(OWNER);
    const records: UnitRecord[] = [];
    for await (const record of store.scan(OWNER, {})) records.push(record);
    return { head: found === 'absent' ? null : found.head, records };
  }

  /** Keeps a copy of the state as it is. */
  backup(): void {
    this.#backup = [...this.#changes];
  }

  /** Puts the copy in the place of the state; there is an empty one until the first backup. */
  async restore(): Promise<void> {
    this.#changes = [...this.#backup];
    const store = await this.#create().open();
    for (const change of this.#changes) await callOf(store, change.method)(...change.parameters);
    this.#store = Promise.resolve(store);
  }

  /** Nothing is left of the state; its backup stays. */
  lose(): void {
    this.#changes = [];
    this.#store = this.#create().open();
  }

  /** Everything that changes the state comes through here, after faults and before the store. */
  async #change(change: Change): Promise<unknown> {
    const answer = await callOf(await this.#store, change.method)(...change.parameters);
    if (!isChanged(answer)) return answer;
    this.#changes.push(change);
    if (change.method !== 'advance' && change.method !== 'replace') return answer;
    const head = (change.parameters as Advance)[2];
    if (head.intent) this.#noteAnnounced(head.intent);
    await this.onWritten({ by: change.by, head });
    return answer;
  }

  #noteAnnounced({ commitId, outputs }: CommitIntent): void {
    const announced = this.announced.get(commitId) ?? new Set();
    for (const [output, { state }] of Object.entries(outputs)) if (state === 'committing') announced.add(output);
    this.announced.set(commitId, announced);
  }

  #connect(process: SimulatedProcess): CheckpointStore {
    return new Proxy({} as CheckpointStore, {
      get: (_, name) => {
        const method = String(name);
        if (method === 'contract') return 'checkpoint/1';
        if (method === 'location') return 'the simulated state';
        // An async function that gives the store must not take it for a promise.
        if (method === 'then') return undefined;
        if (method === 'close') return async () => {};
        if (method === 'leases') return this.#leases(process);
        if (method === 'scan') return (...parameters: unknown[]) => this.#scan(parameters);
        return (...parameters: unknown[]) => this.#call(process, method, parameters);
      },
    });
  }

  #leases(process: SimulatedProcess): LeaseStore | undefined {
    if (!this.#hasLeases) return undefined;
    const call = (method: keyof LeaseStore, parameters: unknown[]): Promise<never> =>
      this.#call(process, `leases.${method}`, parameters) as Promise<never>;
    return {
      acquire: (...parameters) => call('acquire', parameters),
      renew: (...parameters) => call('renew', parameters),
      release: (...parameters) => call('release', parameters),
    };
  }

  async *#scan(parameters: unknown[]): AsyncGenerator<UnitRecord> {
    const store = await this.#store;
    yield* store.scan(...(parameters as Parameters<CheckpointStore['scan']>));
  }

  async #call(process: SimulatedProcess, method: string, parameters: unknown[]): Promise<unknown> {
    const number = process.count('store');
    const fault = process.takeFault('store', ({ nth }) => nth === number)?.answer;
    if (!LOOKS.has(method)) {
      // What the caller does with its values after sending them changes nothing.
      const sent: Change = { by: process.name, method, parameters: parameters.map(sentCopy) };
      return process.call<Promise<unknown>>(() => this.#change(sent), wayOf(fault));
    }
    const look = async (): Promise<unknown> => callOf(await this.#store, method)(...parameters);
    return process.call<Promise<unknown>>(look, fault ? { isDropped: true, answerWithout: unavailable } : {});
  }
}

/** How a change of the state goes wrong. */
function wayOf(fault: StoreFault | undefined): CallWay<Promise<unknown>> {
  switch (fault) {
    case undefined:
      return {};
    case 'unavailable':
      return { isDropped: true, answerWithout: unavailable };
    case 'lost-before':
      return { isDropped: true, answerWithout: unknown };
    case 'lost-after':
      return { answer: unknown };
    case 'late':
      return { lateBy: 20_000, answerWithout: unknown };
    case 'twice':
      return { againAfter: 20_000 };
  }
}

async function unavailable(): Promise<never> {
  throw new CalveError('CHECKPOINT_UNAVAILABLE', 'The state cannot be reached.', { recovery: 'retry' });
}

async function unknown(): Promise<never> {
  throw new CalveError('CHECKPOINT_OUTCOME_UNKNOWN', 'The answer of the state was lost.', { recovery: 'verify' });
}

/** @param method Of the store, or of its leases. */
function callOf(store: CheckpointStore, method: string): (...parameters: unknown[]) => Promise<unknown> {
  const [name = '', part] = method.split('.').reverse();
  const owner: unknown = part === undefined ? store : Reflect.get(store, part);
  const found: unknown = typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
  if (typeof found !== 'function') throw new TypeError(`The store has no method "${method}".`);
  return (...parameters) => found.apply(owner, parameters) as Promise<unknown>;
}

function isChanged(answer: unknown): boolean {
  return answer !== 'superseded' && answer !== 'fenced' && answer !== 'lost';
}
