import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

describe('--set', () => {
  it('reaches the options of the format, in preview, plan and run, without a spec file', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'made by nobody\nid~amount\n1~2.5\n' });
    const options = ['--set', '/input/format/options/delimiter=~', '--set', '/input/format/options/skipLines=1'];
    const previewed = await runMain(['preview', 'landing', 'lake', ...options], folder.path);
    expect(previewed.stdout).toBe('id     amount\nint64  decimal(18,1)\n-----  -------------\n1      2.5\n');
    const { plan } = JSON.parse((await runMain(['plan', 'landing', 'lake', ...options, '--json'], folder.path)).stdout);
    expect(plan.spec.input.format).toMatchObject({ name: 'csv', options: { delimiter: '~', skipLines: 1 } });
    const end = await runMain(['run', 'landing', 'lake', ...options], folder.path);
    expect(end.stdout).toContain('1 read = 1 written + 0 rejected');
  });

  it('goes over a spec file, whose other values stay', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const { plan } = JSON.parse(
      (await runMain(['plan', 'landing', 'lake', '--table', 'sales.orders', '--json'], folder.path)).stdout,
    );
    folder.write({ 's.json': JSON.stringify(plan.spec) });
    const words = ['plan', '--spec', 's.json', 'lake', '--set', '/schema/infer=off', '--json'];
    const { plan: changed } = JSON.parse((await runMain(words, folder.path)).stdout);
    expect(changed.spec).toEqual({ ...plan.spec, schema: { ...plan.spec.schema, infer: 'off' } });
  });

  it('is checked as any spec, and each line names the option that it is about', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const words = ['run', 'landing', 'lake', '--set', '/input/onChanged=appnd', '--set', '/input/format/options/delimite=;'];
    const end = await runMain(words, folder.path);
    expect(end.stderr).toMatch(/^ {2}\/input\/onChanged: .*Did you mean "append"\? \(--set \/input\/onChanged=appnd\)$/m);
    expect(end.stderr).toMatch(/^ {2}\/input\/format\/options\/delimite: .*\(--set '\/input\/format\/options\/delimite=;'\)$/m);
    expect([end.code, end.stdout]).toEqual([30, '']);
    const nowhere = await runMain(['run', 'landing', 'lake', '--set', '/id/x=1'], folder.path);
    expect(nowhere.stderr).toContain(
      'error CONFIGURATION_INVALID: --set /id/x=1: /id is "landing", so nothing can be set below it.',
    );
    expect((await runMain(['apply', 'p.json', 'lake', '--set', '/id=x'], folder.path)).stderr).toContain(
      'calve apply has no option --set; calve run, calve preview, calve plan, calve findings, calve patch, calve replay, calve history, calve audit, calve adopt, calve reset, calve accept-rollback, calve bundle have it.',
    );
  });

  it.each([
    ['/outputs/0/mode=merge', `Write --set '/outputs/0/mode={"kind":"merge","keys":["id"]}'`],
    ['/outputs/0/mode=overwrite-table', `Write --set '/outputs/0/mode={"kind":"overwrite-table"}'`],
    ['/outputs/0/partitionBy=["id"]', 'Did you mean /outputs/0/options/partitionBy?'],
    ['/outputs/0/partitionBy=[{"transform":"identity","column":"id"}]', 'Did you mean /outputs/0/options/partitionBy?'],
    ['/input/delimiter=;', 'Did you mean /input/format/options/delimiter?'],
    ['/input/pattern=*.csv', 'Did you mean /input/options/pattern?'],
  ])('says what may have been meant with %s, and that works', async (text, hint) => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const { stderr, code } = await runMain(['plan', 'landing', 'lake', '--set', text], folder.path);
    expect(stderr).toContain(hint);
    expect(code).toBe(30);
    const value = /^Write --set '(.*)'$/.exec(hint)?.[1] ?? `${/\/[^?]*/.exec(hint)?.[0]}=${text.slice(text.indexOf('=') + 1)}`;
    const again = await runMain(['plan', 'landing', 'lake', '--set', value], folder.path);
    expect(again.stderr).not.toContain('There is no member');
    if (!text.endsWith('["id"]')) expect(again.code).toBe(0);
  });

  it('guesses nothing for a member that is nowhere', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const { stderr } = await runMain(['plan', 'landing', 'lake', '--set', '/outputs/0/nonsense=1'], folder.path);
    expect(stderr).toMatch(/There is no member "nonsense" here\..* \(--set \/outputs\/0\/nonsense=1\)$/m);
  });

  it('does what the line about waiting proposes', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': 'id\n1\n' });
    const justNow = new Date(Date.now() - 100);
    utimesSync(folder.at('landing/a.csv'), justNow, justNow);
    const waiting = await runMain(['run', 'landing', 'other'], folder.path);
    expect(waiting.stderr).toMatch(/^Waiting for files that may still be written, .*: --set \/input\/settleSeconds=0$/m);
    utimesSync(folder.at('landing/a.csv'), new Date(), new Date());
    const end = await runMain(['run', 'landing', 'lake', '--set', '/input/settleSeconds=0'], folder.path);
    expect(end.stderr).not.toContain('Waiting');
    expect(end.stdout).toContain('1 read = 1 written');
  });
});
