import type { CheckpointStore } from '../checkpoint/checkpoint-store.ts';
import type { CallContext, SecretReference } from '../context/call-context.ts';
import type { InputLimits } from '../context/input-limits.ts';
import { limitedEnvironment } from '../context/limited-environment.ts';
import type { DecodeProcesses } from '../env/decode-processes.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Redactor } from '../errors/redactor.ts';
import type { FormatPlugin } from '../format/format.ts';
import type { SinkPlugin } from '../sink/sink.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { SourcePlugin } from '../source/source.ts';
import type { MemoryQuota } from './memory-quota.ts';
import { noticedReserve } from './memory-quota-notice.ts';
import type { ObservationCache } from './observation-cache.ts';
import type { SegmentSettings } from './segments/segment-settings.ts';

/** What a Calve instance is made of, as the parts of `run/` see it. */
export interface CalveConfiguration extends SegmentSettings {
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
  /** As the host gives it. */
  resolveSecret(reference: SecretReference): Promise<string>;
  /** Knows every secret that was handed out; whatever leaves the instance goes through it. */
  redactor: Redactor;
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

/**
 * The context of one run of one tenant.
 *
 * @param run.onWaiting Called when the run waits for memory long enough to be told.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): this cannot be a tenant.
 */
export function callContext(
  configuration: CalveConfiguration,
  run: { tenant: string; runId: string; signal: AbortSignal; report(diagnostic: Diagnostic): void; onWaiting(): void },
): CallContext {
  const { quota, limits } = configuration;
  const { tenant, runId, signal, report, onWaiting } = run;
  assertIsTenant(tenant);
  const environment = limitedEnvironment(configuration.environment, limits);
  const reserve = noticedReserve(quota, { tenant, signal, environment, onWaiting });
  const resolveSecret = (reference: SecretReference): Promise<string> => rememberedSecret(reference, configuration);
  return { tenant, runId, signal, report, environment, limits, resolveSecret, reserve };
}

/** @throws {CalveError} `CONFIGURATION_INVALID` (fix-access): the host gave something else than a text; or what the host throws. */
async function rememberedSecret(reference: SecretReference, configuration: CalveConfiguration): Promise<string> {
  const value: unknown = await configuration.resolveSecret(reference);
  if (typeof value !== 'string') {
    throw new CalveError('CONFIGURATION_INVALID', `resolveSecret gave no text for the secret "${reference.secret}".`, {
      recovery: 'fix-access',
    });
  }
  configuration.redactor.remember(reference.secret, value);
  return value;
}

/** A tenant is part of names of properties, of ledger keys and, as hosts use it, of paths: none may lead into those of another one. */
function assertIsTenant(tenant: unknown): void {
  if (typeof tenant === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(tenant)) return;
  throw new CalveError(
    'CONFIGURATION_INVALID',
    `The tenant ${JSON.stringify(tenant) ?? typeof tenant} cannot be used: it has to be 1 to 64 letters, digits, "_" or "-".`,
    { recovery: 'fix-input' },
  );
}

/** A random id in hexadecimal. */
export function randomId(environment: Environment, bytes: number): string {
  return hexadecimal(environment.random(bytes));
}
