/**
 * A sentence of core, which speaks of the options of a program, in words of the command line.
 *
 * @example
 * optionWords('raise limits.columns'); // => 'raise --limits columns=…'
 */
export function optionWords(text: string): string {
  return text
    .replace(/\blimits\.([A-Za-z]+)/g, '--limits $1=…')
    .replace(/\ba pattern in the source\b/, 'a pattern (--pattern)')
    .replace(/^declare the column as text$/, "make the column text with --columns '<column>=string'")
    .replace(/\b((?:new|another) ingestion id)\b/, '$1 (--id)');
}
