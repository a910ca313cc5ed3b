import type { RunOptions } from '@calve/core';
import { nearestNames } from '@calve/core/plugin';
import { argumentError } from './argument-error.ts';
import { COMMAND_NAMES, COMMANDS, type CommandName, OPTIONS, type OptionName } from './command-line.ts';
import type { CommandArguments, Invocation } from './invocation.ts';
import { parseColumns } from './parse-columns.ts';
import { parseFilter, parseFixes } from './parse-filter.ts';
import { type GivenLimits, parseLimits } from './parse-limits.ts';
import { parseSet } from './parse-set.ts';
import { isOption, type OptionToken, splitWords, type Values } from './split-words.ts';

const STATES = ['held', 'quarantined', 'failed'] as const;
const SPEC_SAYS_IT = ['table', 'id', 'columns', 'pattern'] as const;
/** Without a landing folder or a spec nobody asks for these. */
const ABOUT_THE_SPEC = ['columns', 'pattern', 'set'] as const;
const MOST_ROWS = 10_000;
const MOST_COMMITS = 1000;

/**
 * What a command line asks for. Pure: paths are not looked at.
 *
 * @param words Without the program itself: `process.argv.slice(2)`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): the first thing that is wrong, with the nearest name where there is one, and in
 *   `context.usage` the line that the command wants.
 */
export function parseCommandLine(words: readonly string[]): Invocation {
  const { positionals, options, tokens } = splitWords(words);
  const [first, ...rest] = positionals;
  const isHelpWord = first === 'help';
  const wanted = isHelpWord ? rest[0] : first;
  const command = wanted === undefined ? null : commandNamed(wanted);
  for (const token of tokens) checkOption(token, isHelpWord ? null : command);
  if (isHelpWord || options.help) return { kind: 'help', command };
  if (options.version) return { kind: 'version' };
  if (command === null) throw argumentError(`No command was given; calve has ${COMMAND_NAMES.join(', ')}.`, 'run');
  return { kind: 'command', json: options.json === true, arguments: commandArguments(command, rest, options) };
}

/** True when a command line asks for JSON, also one that cannot be parsed. */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** The command that a command line begins with, also of one that cannot be parsed. */
export function commandOf(words: readonly string[]): CommandName | null {
  return COMMAND_NAMES.find((name) => name === words.find((word) => !word.startsWith('-'))) ?? null;
}

function commandNamed(word: string): CommandName {
  const known = COMMAND_NAMES.find((name) => name === word);
  if (known) return known;
  const [nearest] = nearestNames(word, COMMAND_NAMES, { limit: 1, maximumDistance: 3 });
  const option = word === 'version' ? '--version' : nearest;
  const hint = option === undefined ? `calve has ${COMMAND_NAMES.join(', ')}.` : `Did you mean "calve ${option}"?`;
  throw argumentError(`There is no command "${word}". ${hint}`);
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken, command: CommandName | null): void {
  const allowed: readonly string[] = command === null ? Object.keys(OPTIONS) : [...COMMANDS[command].options, 'version'];
  const subject = command === null ? 'calve' : `calve ${command}`;
  if (!isOption(name)) {
    const [nearest] = nearestNames(name, allowed, { limit: 1, maximumDistance: 3 });
    const hint = nearest === undefined ? `${subject} --help lists them.` : `Did you mean --${nearest}?`;
    throw argumentError(`${subject} has no option ${rawName}. ${hint}`, command ?? undefined);
  }
  if (!allowed.includes(name)) {
    const others = COMMAND_NAMES.filter((other) => COMMANDS[other].options.includes(name)).map((other) => `calve ${other}`);
    throw argumentError(`${subject} has no option --${name}; ${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} it.`);
  }
  const wanted = OPTIONS[name].value;
  if (wanted === null && value !== undefined) throw argumentError(`--${name} takes no value, but got "${value}".`);
  if (wanted !== null && (value === undefined || value.trim() === '')) {
    throw argumentError(`--${name} needs a value: --${name}=${wanted}.`, command ?? undefined);
  }
  if (inlineValue === false && value?.startsWith('-')) {
    throw argumentError(`--${name} needs a value, but "${value}" came next. A value that begins with a dash: --${name}=${value}`);
  }
}

function commandArguments(command: CommandName, places: readonly string[], values: Values): CommandArguments {
  const text = (name: OptionName): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const fixes = command === 'patch' ? parseFixes(places[0]) : null;
  const behind = fixes === null ? places : places.slice(1);
  const result: CommandArguments = { command, allow: parseAllow(text('allow')), ...placesOf(command, behind, text('spec')) };
  if (fixes !== null) result.fixes = fixes;
  if (result.specFile !== undefined) {
    const twice = SPEC_SAYS_IT.find((name) => values[name] !== undefined);
    if (twice !== undefined) throw argumentError(`--${twice} and --spec exclude each other: the spec says it.`, command);
  }
  if (command === 'history' && result.specFile === undefined && result.landing === undefined) {
    const lost = ABOUT_THE_SPEC.find((name) => values[name] !== undefined);
    if (lost !== undefined) throw argumentError(`--${lost} is about a landing folder, and none is named.`, command);
  }
  const [table, id, columns, pattern, state, rows, output] = (
    ['table', 'id', 'columns', 'pattern', 'state', 'rows', 'output'] as const
  ).map(text);
  if (table !== undefined) result.table = table;
  if (id !== undefined) result.id = id;
  if (columns !== undefined) result.columns = parseColumns(columns);
  if (pattern !== undefined) result.pattern = pattern;
  if (values.set !== undefined) result.set = values.set.map(parseSet);
  if (state !== undefined) result.state = state;
  if (rows !== undefined) result.rows = parseNumber('rows', rows, MOST_ROWS);
  if (output !== undefined) result.output = output;
  const bundle = text('bundle');
  if (bundle !== undefined) result.bundle = bundle;
  if (values['with-names']) result.withNames = true;
  const limits = text('limits');
  if (limits !== undefined) result.limits = limitsFor(result, limits);
  const isolation = text('isolation');
  if (isolation !== undefined) result.isolation = parseWord('isolation', isolation, ['inline', 'process']);
  const ifBusy = text('if-busy');
  if (ifBusy !== undefined) result.ifBusy = parseWord('if-busy', ifBusy, ['wait', 'stop']);
  if (values.all) result.all = true;
  if (values['dry-run']) result.dryRun = true;
  if (command === 'replay') result.filter = parseFilter(text);
  return { ...result, ...ledgerArguments(values) };
}

/** What `history`, `adopt`, `reset` and `accept-rollback` have of their own. */
function ledgerArguments(
  values: Values,
): Pick<CommandArguments, 'commits' | 'before' | 'unknown' | 'yes' | 'choice' | 'rollback'> {
  const { commits, before, unknown, yes, reload, 'from-now': fromNow, reingest, 'leave-out': leaveOut } = values;
  if (reload && fromNow) throw argumentError('--reload and --from-now exclude each other.');
  if (reingest && leaveOut) throw argumentError('--reingest and --leave-out exclude each other.');
  return {
    ...(typeof commits === 'string' && { commits: parseNumber('commits', commits, MOST_COMMITS) }),
    ...(typeof before === 'string' && { before: parseNumber('before', before, 999_999_999) }),
    ...(typeof unknown === 'string' && { unknown: parseWord('unknown', unknown, ['load', 'leave']) }),
    ...(yes && { yes: true }),
    ...(reload && { choice: { reload: true } }),
    ...(fromNow && { choice: { fromNow: true } }),
    ...(reingest && { rollback: { reingest: true } }),
    ...(leaveOut && { rollback: { leaveOut: true } }),
  };
}

/** What a commit may cost is said by the spec or plan where there is one. */
function limitsFor({ command, specFile, planFile }: CommandArguments, text: string): GivenLimits {
  const limits = parseLimits(text);
  const [name] = Object.keys(limits.spec);
  const document = specFile === undefined ? planFile && 'plan' : 'spec';
  if (name === undefined || document === undefined) return limits;
  throw argumentError(`--limits: ${name} is said by the ${document}, below "limits".`, command);
}

/** Which word is the landing folder, the lake, the plan. */
function placesOf(
  command: CommandName,
  places: readonly string[],
  specFile: string | undefined,
): Pick<CommandArguments, 'landing' | 'lake' | 'planFile' | 'specFile' | 'run'> {
  const [first, second, third] = places;
  if (places.includes('')) throw argumentError('An argument is empty; is a variable of the shell not set?', command);
  const most = (command === 'explain' || specFile !== undefined ? 1 : 2) + (command === 'bundle' ? 1 : 0);
  if (places.length > most) {
    const extra = JSON.stringify(places[most]);
    const hint = specFile === undefined ? '' : ' With --spec only the lake is named.';
    throw argumentError(
      `calve ${command} does not know what to do with ${extra}.${hint} Quote names with spaces and patterns.`,
      command,
    );
  }
  if (command === 'explain') return { planFile: first ?? missing(command, 'plan file') };
  if (command === 'apply')
    return { planFile: first ?? missing(command, 'plan file'), lake: second ?? missing(command, 'lake folder') };
  const run = specFile === undefined ? third : second;
  const ofRun = command === 'bundle' && run !== undefined ? { run } : {};
  if (specFile !== undefined) return { specFile, lake: first ?? missing(command, 'lake folder'), ...ofRun };
  if (command === 'head' || command === 'rejects' || command === 'history') {
    if (first === undefined) return missing(command, 'lake folder');
    return second === undefined ? { lake: first } : { landing: first, lake: second };
  }
  if (first !== undefined && second === undefined) {
    throw argumentError(
      `calve ${command} wants a landing folder and a lake, and only ${JSON.stringify(first)} is named.`,
      command,
    );
  }
  return { landing: first ?? missing(command, 'landing folder'), lake: second ?? missing(command, 'lake folder'), ...ofRun };
}

function missing(command: CommandName, what: string): never {
  throw argumentError(`calve ${command}: the ${what} is missing.`, command);
}

function parseAllow(text: string | undefined): NonNullable<RunOptions['allow']> {
  if (text === undefined) return [];
  return text.split(',').map((word) => {
    const state = STATES.find((known) => known === word.trim());
    if (state) return state;
    const [nearest] = nearestNames(word.trim(), STATES, { limit: 1, maximumDistance: 3 });
    throw argumentError(
      `--allow: there is no state "${word.trim()}".${nearest === undefined ? '' : ` Did you mean ${nearest}?`} The states: ${STATES.join(', ')}.`,
    );
  });
}

function parseNumber(name: OptionName, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw argumentError(`--${name}: "${text}" is not a whole number from 1 to ${most}.`);
}

function parseWord<Word extends string>(name: OptionName, text: string, words: readonly Word[]): Word {
  const known = words.find((word) => word === text);
  if (known) return known;
  const [nearest] = nearestNames(text, words, { limit: 1, maximumDistance: 3 });
  throw argumentError(
    `--${name} is ${words.join(' or ')}, not "${text}".${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
  );
}
