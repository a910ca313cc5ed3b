import { createCalve, type IngestionSpec, type MemoryContent, memorySource, memoryState } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { memorySink } from '@calve/testkit';
import { type Ended, ended } from '../engine/memory-world.ts';

export const TABLE = 'sales.orders';

/** Files, state and tables in memory, with every format; what is said of an ingestion is plain JSON over the defaults. */
export class ProvokedWorld {
  readonly files: Record<string, MemoryContent> = {};
  readonly #sink = memorySink();
  readonly #state = memoryState();
  /** A second format that recognises what the first one does. */
  hasTwin = false;

  calve() {
    return createCalve({
      sources: { memory: memorySource(this.files) },
      formats: { csv: csvFormat(), json: jsonFormat(), ...(this.hasTwin ? { twin: csvFormat() } : {}) },
      sinks: { lake: this.#sink },
      state: this.#state,
    });
  }

  /** @param members Of the spec: `input` and `outputs[0]` are merged into what is there. */
  spec({
    input = {},
    output = {},
    ...members
  }: {
    input?: object;
    output?: object;
    schema?: object;
    limits?: object;
  } = {}): IngestionSpec {
    return this.calve().parse({
      specVersion: 1,
      id: 'orders',
      input: { source: 'memory', options: {}, format: 'detect', settleSeconds: 0, ...input },
      outputs: [
        { name: 'main', sink: 'lake', options: { table: TABLE }, ...output },
        { name: 'rejected', sink: 'lake', options: { table: `${TABLE}__rejected` }, rows: 'rejected' },
      ],
      ...members,
    });
  }

  async run(spec: IngestionSpec): Promise<Ended> {
    await using calve = this.calve();
    return await ended(calve.run(spec));
  }

  async replay(spec: IngestionSpec): Promise<Ended> {
    await using calve = this.calve();
    return await ended(calve.replay(spec));
  }
}
