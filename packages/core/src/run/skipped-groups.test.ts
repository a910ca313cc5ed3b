import { describe, expect, it } from 'vitest';
import { SkippedGroups } from './skipped-groups.ts';

function groupsOf(...skipped: [kind: string, reason: string, uri: string][]) {
  const groups = new SkippedGroups();
  for (const one of skipped) groups.add(...one);
  return groups.groups();
}

describe('SkippedGroups', () => {
  it('is one line for files with the same reason, whatever folder they are in and however their names are told', () => {
    const reasons: [string, (path: string, name: string) => string, string][] = [
      ['pattern', (path) => `"${path}" does not fit the pattern *.csv.`, 'does not fit the pattern *.csv.'],
      [
        'hidden',
        (_, name) => `The name "${name}" begins with ".", so it counts as hidden.`,
        'The name begins with ".", so it counts as hidden.',
      ],
      ['name', (path) => `The name "${path}" is not valid UTF-8.`, 'The name is not valid UTF-8.'],
      ['marker', (_, name) => `"${name}" is a checksum file.`, 'is a checksum file.'],
    ];
    for (const [kind, reason, shared] of reasons) {
      const names = ['.a"b.txt', '.x y', '.größe', '.3', '.4'];
      const [group, ...others] = groupsOf(
        ...names.map((name): [string, string, string] => [
          kind,
          reason(`sub/${name}`, name),
          `file:///in/sub/${encodeURIComponent(name)}`,
        ]),
      );
      expect(others).toEqual([]);
      expect(group).toMatchObject({ reason: shared, count: 5 });
      expect(group?.examples).toHaveLength(3);
    }
  });

  it('takes no longer for names that are made of quotes', () => {
    // Looking at each pair of quotes would take minutes.
    const paths = Array.from({ length: 200 }, (_, at) =>
      Array(15)
        .fill(`${'"'.repeat(240)}${at}`)
        .join('/'),
    );
    const groups = groupsOf(
      ...paths.map((path): [string, string, string] => ['pattern', `"${path}" is odd.`, `file:///in/${encodeURI(path)}`]),
      ...paths.map((path): [string, string, string] => ['pattern', `${path} is odd.`, `file:///out/${encodeURI(path)}`]),
    );
    expect(groups[0]?.count).toBeGreaterThan(0);
  });

  it('keeps reasons apart that differ', () => {
    expect(
      groupsOf(
        ['known', 'already loaded', 'x:///a'],
        ['marker', '"b" is a checksum file.', 'x:///b'],
        ['known', 'already loaded', 'x:///c'],
      ),
    ).toEqual([
      { reason: 'already loaded', count: 2, examples: ['x:///a', 'x:///c'] },
      { reason: 'is a checksum file.', count: 1, examples: ['x:///b'] },
    ]);
  });

  it.each(['settling', 'too-old'])('tells files that are %s as one, though each has its own time', (kind) => {
    const groups = groupsOf([kind, 'Modified 1 second ago.', 'x:///a'], [kind, 'Modified 2 seconds ago.', 'x:///b']);
    expect(groups).toEqual([{ reason: 'Modified 1 second ago.', count: 2, examples: ['x:///a', 'x:///b'] }]);
  });

  it('stays small when every reason is another one', () => {
    const groups = new SkippedGroups();
    for (let at = 0; at < 10_000; at++) groups.add('odd', `Reason number ${at}.`, `x:///${at}`);
    expect(groups.groups()).toHaveLength(101);
    expect(groups.groups().reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(groups.has('odd') && !groups.has('settling')).toBe(true);
  });
});
