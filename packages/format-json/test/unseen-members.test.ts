import { withoutWebAssembly } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { bytesOf, decodeFile, observeFile, plan, texts } from './read-file.ts';

const known = '{"a":1,"b":{"x":1}}\n'.repeat(40);
const nested = plan(
  [
    ...texts('a'),
    { name: 'b', type: { kind: 'struct', fields: [{ name: 'x', type: { kind: 'string' }, required: false }] }, required: false },
  ],
  { isPartial: true },
);

/** What becomes of the file on both rungs: an error, or how many records were read. */
async function outcomeOf(content: string, reader = nested): Promise<unknown> {
  const read = (): Promise<unknown> =>
    decodeFile(bytesReader(bytesOf(content)), reader).then(
      ({ records }) => records.length,
      ({ code, recovery, context, message }) => ({ code, recovery: recovery.kind, context, message }),
    );
  const compiled = await read();
  expect(await withoutWebAssembly(read)).toEqual(compiled);
  return compiled;
}

describe('a file that was planned from its head', () => {
  it.each([
    ['a value', '"c":1'],
    ['null', '"c":null'],
    ['an object with nothing in it', '"c":{}'],
    ['a name in another case', '"A":1'],
    ['a name with escapes', '"\\u0063":1'],
  ])('ends where a member comes that the head has not: %s', async (_, member) => {
    expect(await outcomeOf(`${known}{"a":2,${member}}\n${known}{"d":1}\n`)).toMatchObject({
      code: 'PLAN_INCOMPLETE',
      recovery: 'replan',
      context: { line: 41, byteOffset: known.length + 7 },
      message: expect.stringContaining(`in line 41 (byte ${known.length + 7})`),
    });
  });

  it('ends where a record of another structure has one', async () => {
    expect(await outcomeOf(`${known}{"b":"no struct","c":1}\n`)).toMatchObject({ code: 'PLAN_INCOMPLETE' });
  });

  it.each([
    ['members further inside', '{"a":1,"b":{"x":1,"y":2}}'],
    ['values of another kind', '{"a":{"c":1},"b":3}'],
    ['what is no standard JSON', '{"c":1,"a":x}'],
    ['what is no object', '["c"]'],
    ['text behind a record', '{"a":1} {"c":1}'],
  ])('goes on at %s', async (_, line) => {
    expect(await outcomeOf(`${known}${line}\n`)).toBe(41);
  });

  it('goes on at any member when the plan was made from all of it', async () => {
    const { isPartial: _, ...whole } = nested;
    expect(await outcomeOf(`${known}{"c":1}\n`, whole)).toBe(41);
  });
});

describe('a sample', () => {
  const many = '{"a":1,"b":"some text"}\n'.repeat(4_000);

  it('says when its head has all members', async () => {
    expect(await observeFile(many, {}, 4_096)).toMatchObject({ origin: 'sample', fieldsFrom: 'head' });
    expect(await observeFile(many)).not.toHaveProperty('fieldsFrom');
  });

  it('does not when parts further on have others, or records stand on no lines', async () => {
    expect(await observeFile(`${many}{"c":1}\n`, {}, 4_096)).not.toHaveProperty('fieldsFrom');
    const document = `[${many.trimEnd().replaceAll('\n', ',')}]`;
    expect(await observeFile(document, {}, 4_096)).not.toHaveProperty('fieldsFrom');
  });
});
