import {
  createCalve,
  type Diagnostic,
  type InputLimits,
  type MemoryContent,
  memorySource,
  memoryState,
  type RunEvent,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { memorySink, seededRandom } from '@calve/testkit';
import { hostileFormat } from './hostile-format.ts';

/** A Calve over files in memory that answers the same in every process and at any time: its clock stands still. */
export function isolatedCalve(
  files: Record<string, MemoryContent>,
  options: { isolation?: 'inline' | 'process'; limits?: Partial<InputLimits> } = {},
) {
  const sink = memorySink();
  const random = seededRandom(1);
  const calve = createCalve({
    sources: { memory: memorySource(files) },
    formats: { csv: hostileFormat() },
    sinks: { lake: sink },
    state: memoryState(),
    environment: { ...nodeEnvironment(), now: () => Date.UTC(2026, 0, 1), random: (bytes) => random.bytes(bytes) },
    isolation: 'process',
    ...options,
  });
  const specOf = (pattern = '**', table = 'sales.orders') =>
    calve
      .ingestion(table.replaceAll('.', '_'))
      .from('memory', { pattern })
      .as('csv')
      .limits({ maxRejectedRatio: 1 })
      .settle(0)
      .into('lake', { table })
      .build();
  return { calve, sink, specOf };
}

/** What a decoder says of the process that it works in. */
export interface Introduction {
  pid: number;
  flags: string[];
  variables: string[];
}

/** The introductions among findings. */
export function introductions(events: readonly (RunEvent | Diagnostic)[]): Introduction[] {
  return events
    .map((event) => ('kind' in event ? (event.kind === 'finding' ? event.diagnostic : null) : event))
    .flatMap((diagnostic) =>
      diagnostic?.code === 'TEST_PROCESS' ? [JSON.parse(/\{.*\}/.exec(diagnostic.message)?.[0] ?? '{}') as Introduction] : [],
    );
}
