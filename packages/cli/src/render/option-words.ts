/**
 * A sentence of core or a plugin, which speaks of the spec and of the options of a program, in words of the command line.
 *
 * @example
 * optionWords('raise limits.columns'); // => 'raise --limits columns=…'
 */
export function optionWords(text: string): string {
  return text
    .replace(/\blimits\.([A-Za-z]+)/g, '--limits $1=…')
    .replace(/\ba pattern in the source\b/, 'a pattern (--pattern)')
    .replace(/^declare the column as text$/, "make the column text with --columns '<column>=string'")
    .replace(/\b((?:new|another) ingestion id)\b/, '$1 (--id)')
    .replace(/^name the earlier table$/, 'name the earlier table (--table)')
    .replace(/\bthe spec names another table\b/, 'the spec or --table names another table')
    .replace(/\b([Nn]ame the format) in the spec\b/, '$1 (--set /input/format/name=csv)')
    .replace(/\bset input\.([A-Za-z]+) in the spec\b/, 'use --set /input/$1=…')
    .replace(/\bunknown: "(load|leave)"/g, '--unknown $1')
    .replace(/\breset the ledger with reload\b/, 'reset the ledger with --reload')
    .replace(/\breset the ledger with fromNow\b/, 'reset the ledger with --from-now')
    .replace(/^accept with leaveOut$/, 'accept the rollback with --leave-out')
    .replace(/\bset the option "header" to false\b/, 'use --set /input/format/options/header=false')
    .replace(/\bset the option "header" if\b/, 'use --set /input/format/options/header=false if')
    .replace(/\bset "skipLines"/, 'use --set /input/format/options/skipLines=…')
    .replace(/\bwith the option "columns"/, `with --set '/input/format/options/columns=["…"]'`);
}
