/**
 * Column names that are unique ignoring case, from the names in a header, one for one: an empty name becomes `_c` and its index,
 * names that are equal ignoring case all get their index appended (`a,A,b,` gives `a0,A1,b,_c3`). Should that collide with another
 * name, the index is appended once more.
 *
 * @see Apache Spark 4.0, CSVUtils.makeSafeHeader; the last rule is ours, Spark fails there.
 */
export function safeHeader(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  const isUnique = (name: string): boolean => name !== '' && counts.get(name.toLowerCase()) === 1;
  const taken = new Set(names.filter(isUnique).map((name) => name.toLowerCase()));
  return names.map((name, index) => {
    if (isUnique(name)) return name;
    let safe = name === '' ? `_c${index}` : `${name}${index}`;
    while (taken.has(safe.toLowerCase())) safe += `_${index}`;
    taken.add(safe.toLowerCase());
    return safe;
  });
}

/** Names for `count` columns that nobody named: `_c0`, `_c1`, … */
export function defaultNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `_c${index}`);
}
