import { visibleText } from '@calve/core/node';
import type { Field, Json } from '@calve/core/plugin';
import { PROVENANCE_COLUMNS, typeText } from '@calve/core/plugin';

const WIDEST_CELL = 40;
const MOST_COLUMNS = 20;
const PROVENANCE: ReadonlySet<string> = new Set(Object.values(PROVENANCE_COLUMNS));

/**
 * Rows as a table of text: names, types, then one line per row. Long cells and many columns are shortened; columns that only tell where
 * a row came from are left out.
 */
export function rowTable(fields: readonly Field[], rows: readonly Record<string, Json>[]): string[] {
  const data = fields.filter(({ name }) => !PROVENANCE.has(name));
  const shown = data.slice(0, MOST_COLUMNS);
  const cells = [
    shown.map(({ name }) => cellText(name)),
    shown.map(({ type }) => cellText(typeText(type))),
    ...rows.map((row) => shown.map(({ name }) => cellText(Object.hasOwn(row, name) ? (row[name] as Json) : null))),
  ];
  const widths = shown.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(2, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const hidden = data.length - shown.length;
  return hidden > 0 ? [...lines, `… and ${hidden} more columns (--json shows all)`] : lines;
}

function cellText(value: Json): string {
  if (value === null) return 'null';
  // Cut first: a cell may have millions of characters.
  const text = typeof value === 'string' ? value.slice(0, WIDEST_CELL + 1) : JSON.stringify(value);
  const visible = visibleText(text);
  return visible.length <= WIDEST_CELL ? visible : `${visible.slice(0, WIDEST_CELL - 1)}…`;
}
