/**
 * Columns of one output that were renamed in ways that contradict each other: from a name that another column of the spec has, or from one that
 * another column was renamed from too. Names are compared without case. Reads what is well formed and passes over the rest.
 *
 * @returns Path below `columns`, and what is expected there.
 */
export function renamingIssues(columns: unknown): [path: string[], expected: string][] {
  if (columns === null || typeof columns !== 'object') return [];
  const entries = Object.entries(columns).map(([name, column]) => ({
    name,
    from: (column as { renamedFrom?: unknown } | null)?.renamedFrom,
  }));
  return entries.flatMap(({ name, from }): [string[], string][] => {
    if (typeof from !== 'string') return [];
    const others = entries.filter((entry) => entry.name !== name);
    const isNamed = others.some((entry) => entry.name.toLowerCase() === from.toLowerCase());
    const isTaken = others.some((entry) => typeof entry.from === 'string' && entry.from.toLowerCase() === from.toLowerCase());
    if (from === name) return [[[name, 'renamedFrom'], 'the name that the column had before, which is not its present one']];
    return isNamed || isTaken ? [[[name, 'renamedFrom'], 'a name that no other column of the spec has or had']] : [];
  });
}
