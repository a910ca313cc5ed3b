import { COMMANDS, type CommandName, type OptionName } from '../arguments/command-line.ts';
import { splitWords } from '../arguments/split-words.ts';
import { shellWord } from './shell-word.ts';

/** What is said once: how to answer, which page, and the decision itself. */
const NOT_COPIED: ReadonlySet<string> = new Set<OptionName>([
  'json',
  'help',
  'output',
  'bundle',
  'before',
  'all',
  'code',
  'column',
  'file',
  'commit',
  'only',
  'dry-run',
  'yes',
  'reload',
  'from-now',
  'reingest',
  'leave-out',
]);

/**
 * The line that was typed, as that of another command: the same places, and those of its options that the other one has too.
 *
 * @param typed Can be parsed.
 * @param more Put behind it.
 * @example
 * commandLine({ program: 'calve', words: ['run', 'in', 'lake', '--allow', 'held'] }, 'adopt'); // => 'calve adopt in lake'
 */
export function commandLine(
  typed: { program: string; words: readonly string[] },
  command: CommandName,
  more: readonly string[] = [],
): string {
  const { positionals, tokens } = splitWords(typed.words);
  const [own, ...places] = positionals;
  const allowed: readonly string[] = COMMANDS[command].options;
  const options = tokens
    .filter(({ name }) => allowed.includes(name) && !NOT_COPIED.has(name))
    .flatMap(({ name, value = '' }) => (value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]));
  // A place that begins with a dash would be taken for an option.
  // The fixes of a patch come first, and are no place.
  const named = own === 'patch' ? places.slice(1) : places;
  // A place that begins with a dash would be taken for an option.
  const typedWords = [...named.map((place) => (place.startsWith('-') ? `./${place}` : place)), ...options];
  const words = (command === 'patch' ? [...more, ...typedWords] : [...typedWords, ...more]).map(shellWord);
  // A plan does not say how its landing folder was typed.
  if (own === 'apply') words[0] = '<landing>';
  return [typed.program, command, ...words].join(' ');
}
