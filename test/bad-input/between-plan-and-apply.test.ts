import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GOOD, landed, testFolder } from './run-landing.ts';

describe('a file that is no longer what was planned', () => {
  it.each([
    ['deleted', 'OBJECT_NOT_FOUND', null],
    ['changed', 'OBJECT_CHANGED', 'id,name\n3,Edsger\n4,Barbara\n'],
  ])(
    '%s between plan and apply: it is set aside, the others load, and the next run sorts it out',
    async (_what, code, content) => {
      using folder = testFolder();
      folder.write({ 'landing/good.csv': GOOD, 'landing/moving.csv': 'id,name\n3,Edsger\n' });
      for (const lake of ['lake', 'lake-of-program']) {
        const planned = await folder.calve(['plan', 'landing', lake, '--output', `${lake}.json`]);
        expect(planned.code).toBe(0);
      }
      if (content === null) rmSync(folder.at('landing/moving.csv'));
      else folder.write({ 'landing/moving.csv': content });

      const applied = await landed(folder, (lake) => ['apply', `${lake}.json`, lake]);
      expect(applied.code).not.toBe(0);
      expect(applied.setAside['moving.csv']).toMatchObject({ code });
      expect(applied.rows).toHaveLength(2);

      const next = await landed(folder, (lake) => ['run', 'landing', lake]);
      expect(next.code).toBe(0);
      expect(next.rows).toHaveLength(content === null ? 2 : 4);
    },
  );
});
