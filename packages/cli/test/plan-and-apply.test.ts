import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLAN_HINT } from '../src/render/finding-lines.ts';
import { runCalve, testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

const csv = 'id,amount\n1,2.50\n2,3.50\n';

describe('calve plan, explain and apply', () => {
  it('hand a plan on, which is applied once from wherever it is', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    const planned = await folder.calve(['plan', 'landing', 'lake', '--output', 'my plan.json']);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('Files to load: 1 (');
    expect(planned.stderr).toContain("calve apply 'my plan.json' lake");

    const explained = await folder.calve(['explain', 'my plan.json']);
    expect([explained.code, explained.stdout]).toEqual([0, planned.stdout]);

    mkdirSync(folder.at('elsewhere'));
    const apply = () => runCalve(['apply', '../my plan.json', '../lake'], { cwd: folder.at('elsewhere') });
    const first = await apply();
    expect(first.stdout).toContain('Committed to default.landing: 2 read = 2 written');
    const second = await apply();
    expect([second.code, second.stdout]).toEqual([
      0,
      expect.stringMatching(/^Already applied: commit 1 of default\.landing, snapshot \d+\. Nothing was done\.\n$/),
    ]);
    expect(second.stderr).toBe(`State: ${folder.at('lake/calve.db')}\n`);
    expect((await folder.calve(['head', 'lake', '--json'])).stdout).toMatch(/"rows":\[\{[^}]*\},\{[^}]*\}\]/);
  });

  it('refuse a plan that the world has overtaken, and say what to do', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    await folder.calve(['plan', 'landing', 'lake', '--output', 'p.json']);
    folder.write({ 'landing/b.csv': 'id,amount\n3,4.50\n' });
    expect((await folder.calve(['run', 'landing/b.csv', 'lake'])).code).toBe(0);
    const late = await folder.calve(['apply', 'p.json', 'lake']);
    expect(late.stderr).toContain('error PLAN_STALE: ');
    expect(late.stderr).toContain('What to do: make a new plan with calve plan, and apply that.');
    expect(late.code).toBe(1);
  });

  it('speak of files by their names and of what to do in options, and say only once what the plan leaves out', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    await runMain(['run', 'landing', 'lake'], folder.path);
    folder.write({ 'landing/b.csv': csv.replace('2.50', 'many'), 'landing/c.csv': 'id,amount,note\n3,4.50,x\n' });
    const planned = await runMain(['plan', 'landing', 'lake', '--output', 'p.json'], folder.path);
    expect(planned.stdout).toContain('\n  held        b.csv waits: column "amount" ');
    expect(planned.stdout).toContain('\n      Reject the rows that do not fit: --set /schema/onTypeChange=reject-row\n');
    expect(planned.stdout).toContain('Column "note" is new in c.csv and');
    expect(planned.stdout).not.toContain('file://');
    expect((await runMain(['explain', 'p.json'], folder.path)).stdout).toBe(planned.stdout);
    const first = await runMain(['apply', 'p.json', 'lake'], folder.path);
    expect(first.code).toBe(20);
    expect(first.stdout).toContain(`  ${PLAN_HINT}\n`);
    expect(first.stderr).toContain('or make a new plan with the words behind ->;');
    const second = await runMain(['apply', 'p.json', 'lake'], folder.path);
    expect([second.code, second.stdout]).toEqual([0, expect.stringMatching(/^Already applied: commit 2 of .*\n$/)]);
    const { run } = JSON.parse((await runMain(['apply', 'p.json', 'lake', '--json'], folder.path)).stdout);
    expect(run).toMatchObject({ result: { outcome: 'nothing-new', appliedBefore: { sequence: 2 } }, setAside: [], findings: [] });
  });

  it('call the only file by its name too', async () => {
    using folder = testFolder();
    folder.write({ 'landing/p.csv': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') });
    const planned = await runMain(['plan', 'landing/p.csv', 'lake', '--output', 'p.json'], folder.path);
    expect(planned.stdout).toContain('  held        p.csv starts like a PNG image');
    expect((await runMain(['explain', 'p.json'], folder.path)).stdout).toBe(planned.stdout);
  });

  it('end with the code that a run would end with when files are set aside', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv, 'landing/p.csv': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') });
    expect((await folder.calve(['plan', 'landing', 'lake'])).code).toBe(10);
    expect((await folder.calve(['plan', 'landing', 'lake', '--allow', 'held'])).code).toBe(0);
    const previewed = await folder.calve(['preview', 'landing', 'lake']);
    expect(previewed.stdout).toMatch(
      /\n\nNot loaded: 1 file\n {2}held {2}p\.csv {2}FORMAT_UNKNOWN\n {4}p\.csv starts like a PNG image/,
    );
    expect(previewed.stdout).toContain('id     amount\n');
    expect(previewed.code).toBe(10);
  });
});

describe('--spec', () => {
  it('runs the spec that a plan prints, with paths from the working directory', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    const { plan } = JSON.parse((await folder.calve(['plan', 'landing', 'lake', '--table', 'sales.orders', '--json'])).stdout);
    plan.spec.input.options.path = 'landing';
    folder.write({ 'specs/orders.json': `\uFEFF${JSON.stringify(plan.spec)}` });
    const end = await folder.calve(['run', '--spec', 'specs/orders.json', 'lake']);
    expect(end.stdout).toContain('Committed to sales.orders: 2 read');
    expect(end.code).toBe(0);
  });

  it('prints every issue of a spec with its place', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    const { plan } = JSON.parse((await folder.calve(['plan', 'landing', 'lake', '--json'])).stdout);
    plan.spec.input.source = 'locale';
    plan.spec.input.onChanged = 'maybe';
    plan.spec.outputs[0].options.table = 'orders';
    folder.write({ 's.json': JSON.stringify(plan.spec) });
    const { code, stderr, stdout } = await folder.calve(['run', '--spec', 's.json', 'lake']);
    for (const pointer of ['/input/source', '/input/onChanged', '/outputs/0/options/table']) {
      expect(stderr).toMatch(new RegExp(`^ {2}${pointer}: `, 'm'));
    }
    expect(stderr).toContain('local');
    expect([code, stdout]).toEqual([30, '']);
  });

  it('writes a plan that is the plan of --json', async () => {
    using folder = testFolder();
    folder.write({ 'landing/a.csv': csv });
    const { stdout } = await folder.calve(['plan', 'landing', 'lake', '--output', 'p.json', '--json']);
    expect(JSON.parse(readFileSync(folder.at('p.json'), 'utf8'))).toEqual(JSON.parse(stdout).plan);
    folder.write({ 'document.json': stdout });
    expect((await folder.calve(['apply', 'document.json', 'lake'])).stdout).toContain('2 read = 2 written');
  });
});
