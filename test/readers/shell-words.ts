/**
 * Splits a line into words as a POSIX shell does: blanks, single quotes, double quotes, backslashes, and a backslash at the end of
 * a line, which joins it with the next one. Everything that a shell would expand or execute is refused, since it would not be the
 * same text here: `$`, backquotes, pipes, redirections, globs outside quotes.
 *
 * @see POSIX.1-2017, Shell Command Language, 2.2 Quoting.
 */
export function splitShellWords(line: string): string[] {
  const words: string[] = [];
  // Blanks; or a quoted part; or an escaped character; or plain text.
  const part = /\\\n|([ \t\n]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^ \t\n'"\\]+)/y;
  let word: string | undefined;
  while (part.lastIndex < line.length) {
    const at = part.lastIndex;
    const match = part.exec(line);
    if (!match)
      throw new Error(`This is not a complete shell line: a quote or backslash is open at ${at}: ${line.slice(at, at + 40)}`);
    const [whole, blanks, single, double, escaped, plain] = match;
    if (whole === '\\\n') continue;
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    refuse(
      double === undefined ? plain : double.replaceAll(/\\[$`]/g, ''),
      double === undefined ? /[$`|&;<>()*?[\]#~!{}]/ : /[$`]/,
      at,
    );
    word = (word ?? '') + (single ?? double?.replaceAll(/\\([$`"\\])/g, '$1').replaceAll('\\\n', '') ?? escaped ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}

function refuse(text: string | undefined, special: RegExp, at: number): void {
  const found = text?.match(special);
  if (found) throw new Error(`A shell would give "${found[0]}" a meaning of its own near character ${at}; quote it.`);
}
