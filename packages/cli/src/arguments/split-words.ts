import { parseArgs } from 'node:util';
import { argumentError } from './argument-error.ts';
import { OPTIONS, type OptionName } from './command-line.ts';

/** An option that repeats is a list, all others are what was given. */
export type Values = Partial<Record<Exclude<OptionName, 'set'>, string | true>> & { set?: string[] };

/** One option as it was typed. */
export interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

/** A command line as places and options, not yet checked against a command. */
export interface SplitWords {
  /** The command itself comes first. */
  positionals: string[];
  options: Values;
  /** In the order in which they were typed. */
  tokens: OptionToken[];
}

/**
 * Takes a command line apart. Pure.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): an option with a value is given twice.
 */
export function splitWords(words: readonly string[]): SplitWords {
  const { positionals, tokens } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(OPTIONS).map(([name, { value, short }]) => [
        name,
        { type: value === null ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) },
      ]),
    ),
  });
  const found = tokens.filter((token) => token.kind === 'option');
  const options: Values = {};
  for (const { name, value } of found) {
    if (name === 'set') options.set = [...(options.set ?? []), value ?? ''];
    else if (isOption(name)) options[name as Exclude<OptionName, 'set'>] = value ?? true;
  }
  const seen = new Set<string>();
  for (const { name, rawName } of found) {
    if (seen.has(name) && isOption(name) && OPTIONS[name].value !== null && !OPTIONS[name].repeats)
      throw argumentError(`${rawName} is given twice.`);
    seen.add(name);
  }
  return { positionals, options, tokens: found };
}

/** True for the name of an option of any command. */
export function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}
