import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';

describe('calve head and rejects', () => {
  it('show the one table of a lake, or the table of a landing folder, also when that is gone', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id,note\n1,\u001b[31mred\n2,\n3,x\n' });
    await folder.calve(['run', 'landing', 'lake']);
    const only = await folder.calve(['head', 'lake', '--rows', '2']);
    expect(only.stdout).toBe('id     note\nint64  string\n-----  -------------\n1      \\u001b[31mred\n2      null\n');
    expect(only.stderr).toMatch(/^default\.landing, snapshot \d+/);
    expect((await folder.calve(['head', 'gone/landing', 'lake', '--rows', '2'])).stdout).toBe(only.stdout);
    const none = await folder.calve(['rejects', 'lake']);
    expect([none.code, none.stdout]).toEqual([0, 'No row was rejected.\n']);

    const elsewhere = await folder.calve(['rejects', './inbox', './lake']);
    expect(elsewhere.stderr).toContain(
      'no table default.inbox. It has default.landing. To look at it: calve rejects ./lake --table default.landing\n',
    );
    expect(elsewhere.code).toBe(30);

    folder.write({ 'returns/a.csv': 'id\n1\n' });
    await folder.calve(['run', 'returns', 'lake']);
    const several = await folder.calve(['head', 'lake']);
    expect(several.stderr).toContain('has 2 tables; choose one with --table: default.landing, default.returns.');
    expect(several.code).toBe(30);
    const wrong = await folder.calve(['head', 'lake', '--table', 'default.return']);
    expect(wrong.stderr).toContain(
      'no table default.return. Did you mean default.returns? It has default.landing, default.returns.',
    );
    expect(wrong.stderr).toContain('To look at it: calve head lake --table default.returns\n');
    expect((await folder.calve(['head', 'lake', '--table', 'default.returns'])).stdout).toContain('int64');
  });
});
