import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CalveError } from '../../../errors/calve-error.ts';

/** What the system needs to start a process at all, and what makes text and times come out as in the host. */
const KEPT_VARIABLES = ['SystemRoot', 'TZ', 'LANG', 'LC_ALL', 'LC_CTYPE'];

/** Flags that change how modules are found or what TypeScript they may hold. Those with a value have it behind `=` or as the next one. */
const KEPT_FLAGS = /^(?:--experimental-transform-types|--experimental-strip-types|--preserve-symlinks)$/;
const KEPT_FLAGS_WITH_VALUE = /^(?:--conditions|-C)(?:=(.*))?$/;

/**
 * Where a decode process begins: beside this module, in the sources and in the built package.
 *
 * @param moduleUrl URL of this module; absent in a CommonJS bundle.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): it is not there, since a bundler left it behind.
 */
export function decodeProcessEntry(moduleUrl: string | undefined): string {
  const name = moduleUrl?.endsWith('.ts') ? './child/decode-process.ts' : './decode-process.js';
  const entry = moduleUrl?.startsWith('file:') ? fileURLToPath(new URL(name, moduleUrl)) : null;
  if (entry !== null && existsSync(entry)) return entry;
  throw new CalveError(
    'CONFIGURATION_INVALID',
    `isolation: 'process' starts the file "decode-process.js" of @calve/core, which is not beside ${moduleUrl ?? 'the bundle'}. A bundler left it behind: keep @calve/core and the format packages out of the bundle (mark them as external), or use isolation: 'inline'.`,
    { recovery: 'fix-input', context: { expected: entry } },
  );
}

/**
 * The flags of a decode process: those of the host that say how modules are found, and the limit of V8's heap. None of the others: a debugger
 * port is taken, and what a host preloads is not meant for a decoder.
 *
 * @param hostFlags `process.execArgv`.
 * @param nodeOptions The variable `NODE_OPTIONS`.
 */
export function decodeProcessFlags(hostFlags: readonly string[], nodeOptions: string | undefined, memoryBytes: number): string[] {
  return [...moduleFlags(hostFlags, nodeOptions), `--max-old-space-size=${Math.ceil(memoryBytes / 2 ** 20)}`];
}

/** The flags of the host that say how modules are found, for processes and threads of ours. */
export function moduleFlags(hostFlags: readonly string[], nodeOptions: string | undefined): string[] {
  const flags = [...(nodeOptions?.split(/\s+/) ?? []), ...hostFlags];
  const kept = flags.flatMap((flag, index) => {
    if (KEPT_FLAGS.test(flag)) return [flag];
    const withValue = KEPT_FLAGS_WITH_VALUE.exec(flag);
    const value = withValue && (withValue[1] ?? flags[index + 1]);
    return value ? [`--conditions=${value}`] : [];
  });
  return [...new Set(kept)];
}

/** The variables of a decode process. None that could hold a secret, and none that makes Node load or open something. */
export function decodeProcessVariables(variables: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]]));
  return Object.fromEntries(kept) as NodeJS.ProcessEnv;
}
