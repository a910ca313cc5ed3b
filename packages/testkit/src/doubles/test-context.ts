import { nodeEnvironment } from '@calve/core/node';
import type { CallContext, Diagnostic } from '@calve/core/plugin';
import { CalveError, DEFAULT_LIMITS } from '@calve/core/plugin';

/** A `CallContext` that shows what is still held. */
export interface TestContext extends CallContext {
  /** Reservations that were made and not released yet. */
  readonly outstandingReservations: number;
  readonly outstandingBytes: number;
  /** Most bytes that were reserved at one time. */
  readonly peakBytes: number;
  /** Everything that was reported. */
  readonly reports: Diagnostic[];
}

/**
 * A context for tests: a signal that is never aborted, the environment of Node, memory without a limit, no secrets.
 */
export function testContext(overrides: Partial<CallContext> = {}): TestContext {
  const held = { reservations: 0, bytes: 0, peak: 0 };
  const reports: Diagnostic[] = [];
  return {
    tenant: 'test',
    runId: 'test-run',
    signal: new AbortController().signal,
    environment: nodeEnvironment(),
    resolveSecret: async ({ secret }) => {
      throw new CalveError('CONFIGURATION_INVALID', `The test context knows no secret "${secret}".`, { recovery: 'fix-access' });
    },
    limits: DEFAULT_LIMITS,
    reserve: async (bytes) => {
      held.reservations += 1;
      held.bytes += bytes;
      held.peak = Math.max(held.peak, held.bytes);
      let isReleased = false;
      return {
        release() {
          if (isReleased) return;
          isReleased = true;
          held.reservations -= 1;
          held.bytes -= bytes;
        },
      };
    },
    report: (diagnostic) => {
      reports.push(diagnostic);
    },
    ...overrides,
    reports,
    get outstandingReservations() {
      return held.reservations;
    },
    get outstandingBytes() {
      return held.bytes;
    },
    get peakBytes() {
      return held.peak;
    },
  };
}
