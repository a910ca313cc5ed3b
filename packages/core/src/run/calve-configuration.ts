import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { CallContext, SecretReference } from '../context/call-context.ts';
import type { InputLimits } from '../context/input-limits.ts';
import type { DecodeProcesses } from '../env/decode-processes.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { FormatPlugin } from '../format/format.ts';
import type { SinkPlugin } from '../sink/sink.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { SourcePlugin } from '../source/source.ts';
import type { MemoryQuota } from './memory-quota.ts';
import type { ObservationCache } from './observe-unit.ts';

/** What a Calve instance is made of, as the parts of `run/` see it. */
export interface CalveConfiguration {
  sources: Readonly<Record<string, SourcePlugin<unknown, unknown>>>;
  formats: Readonly<Record<string, FormatPlugin<unknown, unknown>>>;
  sinks: Readonly<Record<string, SinkPlugin<unknown, unknown>>>;
  store(): Promise<CheckpointStore>;
  environment: Environment;
  quota: MemoryQuota;
  limits: Readonly<InputLimits>;
  /** Where decoders work; `null`: in this process. */
  decodeProcesses: DecodeProcesses | null;
  observations: ObservationCache;
  resolveSecret(reference: SecretReference): Promise<string>;
}

/** Looks a plugin up by the key of a spec or plan. */
export function pluginOf<T>(kind: string, plugins: Readonly<Record<string, T>>, name: string): T {
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (plugin) return plugin;
  throw new CalveError(
    'CONFIGURATION_INVALID',
    `No ${kind} "${name}" is registered; known: ${Object.keys(plugins).join(', ') || 'none'}.`,
    {
      recovery: 'fix-input',
      context: { kind, name, known: Object.keys(plugins) },
    },
  );
}

/** The context of one run of one tenant. */
export function callContext(
  configuration: CalveConfiguration,
  run: { tenant: string; runId: string; signal: AbortSignal; report(diagnostic: Diagnostic): void },
): CallContext {
  const { environment, quota, limits, resolveSecret } = configuration;
  return { ...run, environment, limits, resolveSecret, reserve: (bytes) => quota.reserve(bytes, run.signal) };
}

/** A random id in hexadecimal. */
export function randomId(environment: Environment, bytes: number): string {
  return hexadecimal(environment.random(bytes));
}
