import { CalveError } from '../errors/calve-error.ts';

const EXAMPLES = {
  sources: 'plugins by the key that specs name them with, such as { local: localSource() }',
  formats: 'plugins by the key that specs name them with, such as { csv: csvFormat() }',
  sinks:
    "plugins by the key that specs name them with, such as { lake: icebergSink({ catalog, warehouse: './lake/warehouse' }) }",
  state: "where the ledger is kept, such as sqliteState('./lake/calve.db')",
} as const;

/**
 * Looks whether `createCalve` was given what it cannot do without; callers without a compiler may leave anything out.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): all members that are missing or of the wrong kind, `context.members`; or a lease that
 *   ends before it begins.
 */
export function assertCalveOptions(options: unknown): void {
  const given = (isObject(options) ? options : {}) as Record<string, unknown>;
  const wrong = (['sources', 'formats', 'sinks', 'state'] as const).filter((name) => !fits(name, given[name]));
  if (wrong.length === 0) {
    assertLease(given['leaseMilliseconds']);
    assertCount('workers', given['workers'], 0);
    assertCount('segmentBytes', given['segmentBytes'], 1);
    return;
  }
  const lines = wrong.map((name) => {
    const found = given[name] === undefined ? 'is missing' : 'is something else';
    return `\n${name} ${found}: ${EXAMPLES[name]}`;
  });
  throw new CalveError('CONFIGURATION_INVALID', `createCalve() needs sources, formats, sinks and state.${lines.join('')}`, {
    recovery: 'fix-input',
    context: { members: wrong },
  });
}

function assertLease(milliseconds: unknown): void {
  if (milliseconds === undefined || (typeof milliseconds === 'number' && milliseconds >= 1 && milliseconds < Infinity)) return;
  throw new CalveError(
    'CONFIGURATION_INVALID',
    `leaseMilliseconds is ${String(milliseconds)}; it has to be a number of milliseconds, such as 60000.`,
    { recovery: 'fix-input', context: { members: ['leaseMilliseconds'] } },
  );
}

function assertCount(name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return;
  throw new CalveError('CONFIGURATION_INVALID', `${name} is ${String(value)}; it has to be a whole number, ${least} or more.`, {
    recovery: 'fix-input',
    context: { members: [name] },
  });
}

function fits(name: keyof typeof EXAMPLES, value: unknown): boolean {
  if (!isObject(value)) return false;
  return name !== 'state' || typeof (value as { open?: unknown }).open === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
