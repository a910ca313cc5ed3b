import { copyFile, rm } from 'node:fs/promises';
import type { AuditFinding, AuditReport } from '@calve/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PyIcebergReader, startPyIceberg } from '../readers/readers.ts';
import { requireTier } from '../readers/require-tier.ts';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

const STATE = 'lake/calve.db';
const BAD = 'id,name\nnot a number,x\n';

async function audit(world: MishapWorld, choice: Choice = {}): Promise<AuditReport> {
  const before = await world.contentOf('.');
  await using calve = world.calve(choice);
  const report = await calve.audit(world.spec(choice));
  expect(await world.contentOf('.')).toEqual(before);
  return report;
}

/** Kind, severity, counts and names: what a person acts on. */
function told({ findings }: AuditReport): unknown[] {
  return findings.map(({ kind, severity, files, rows, examples }) => [
    kind,
    severity,
    files,
    ...(rows ? [rows.ledger, rows.table] : []),
    ...examples.map(({ file }) => file.split('/').at(-1)),
  ]);
}

function findingOf(report: AuditReport, kind: AuditFinding['kind']): AuditFinding {
  const found = report.findings.find((finding) => finding.kind === kind);
  if (!found) throw new TypeError(`no ${kind} in ${report.findings.map((finding) => finding.kind)}`);
  return found;
}

describe('an audit of a lake', () => {
  it('that is as it was loaded finds nothing, and counts files and rows', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/c.csv', `${rowsOf(...Array.from({ length: 300 }, (_, id) => id + 3))}one,two,three\n`);
    await world.run();
    expect(await audit(world)).toMatchObject({
      isHealthy: true,
      compared: 'files',
      folder: { files: 3 },
      ledger: { commit: 2, files: 3, rows: 302, rejected: 1 },
      found: { commit: 2, files: 3, rows: 302, rejected: 1 },
      agreeing: { files: 3, rows: 302, rejected: 1 },
      findings: [],
    });
  });

  it('that holds nothing yet names the files that were never seen', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    const report = await audit(world);
    expect(told(report)).toEqual([['never-seen', 'warning', 1, 'a.csv']]);
    expect(findingOf(report, 'never-seen').choices).toMatchObject([{ command: 'run' }]);
  });

  it('tells new, changed, removed, held and quarantined files apart', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/new.csv', rowsOf(3));
    await world.write('landing/a.csv', rowsOf(1, 10));
    await rm(world.at('landing/b.csv'));
    expect(told(await audit(world))).toEqual([
      ['never-seen', 'warning', 1, 'new.csv'],
      ['changed-after-load', 'warning', 1, 'a.csv'],
      ['loaded-but-gone', 'information', 1, 'b.csv'],
    ]);
    await world.write('landing/bad.csv', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]));
    await world.run();
    const report = await audit(world);
    expect(told(report)).toEqual([
      ['changed-after-load', 'warning', 1, 'a.csv'],
      ['set-aside', 'warning', 1, 'bad.csv'],
      ['loaded-but-gone', 'information', 1, 'b.csv'],
    ]);
    expect(findingOf(report, 'set-aside').message).toContain('quarantined');
    expect(report.agreeing).toEqual({ files: 3, rows: 3, rejected: 0 });
  });

  it('takes a copy under another name for what it is', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/copy.csv', rowsOf(1));
    expect(told(await audit(world))).toEqual([['never-seen', 'information', 1, 'copy.csv']]);
    await world.run();
    expect(await audit(world)).toMatchObject({
      isHealthy: true,
      findings: [{ kind: 'set-aside', reason: 'OBJECT_SAME_CONTENT' }],
    });
  });

  it('whose state is an old copy says that rows would load twice', async () => {
    await using world = await MishapWorld.loaded();
    await copyFile(world.at(STATE), world.at('old.db'));
    await world.write('landing/c.csv', rowsOf(3));
    await world.run();
    await copyFile(world.at('old.db'), world.at(STATE));
    const report = await audit(world);
    expect(told(report)).toEqual([
      ['ledger-and-table', 'error', null],
      ['not-in-ledger', 'error', 1, 0, 1, 'c.csv'],
    ]);
    expect(findingOf(report, 'ledger-and-table').reason).toBe('CHECKPOINT_BEHIND');
    expect(report.agreeing.files).toBe(2);
  });

  it('whose state is lost offers to rebuild it', async () => {
    await using world = await MishapWorld.loaded();
    const report = await audit(world, { state: 'lake/other.db' });
    expect(told(report)).toEqual([
      ['ledger-and-table', 'error', null],
      ['not-in-ledger', 'error', 2, 0, 2, 'a.csv', 'b.csv'],
    ]);
    expect(findingOf(report, 'not-in-ledger').choices.map(({ command }) => command)).toContain('adopt');
  });

  it('whose table is gone says how many rows are missing', async () => {
    await using world = await MishapWorld.loaded();
    const report = await audit(world, { table: 'sales.elsewhere' });
    expect(told(report)).toEqual([
      ['ledger-and-table', 'error', null],
      ['missing-from-table', 'error', 2, 2, 0, 'a.csv', 'b.csv'],
    ]);
  });

  it('after a reset with reload says that rows are there twice, and that this can be meant', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve();
    await calve.reset(world.spec(), { reload: true });
    expect(told(await audit(world))).toEqual([['not-in-ledger', 'error', 2, 0, 2, 'a.csv', 'b.csv']]);
    await world.run();
    const report = await audit(world);
    expect(told(report)).toEqual([['twice-in-table', 'error', 2, 2, 4, 'a.csv', 'b.csv']]);
    expect(findingOf(report, 'twice-in-table').message).toContain('A reset with reload doubles rows on purpose');
  });

  it('after a reset with fromNow compares nothing that nobody counted', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve();
    await calve.reset(world.spec(), { fromNow: true });
    expect(await audit(world)).toMatchObject({ isHealthy: true, findings: [{ kind: 'counted-as-loaded', files: 2 }] });
  });

  it('after an adoption agrees with what was adopted', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve({ state: 'lake/other.db' });
    await calve.adopt(world.spec());
    expect(await audit(world, { state: 'lake/other.db' })).toMatchObject({ isHealthy: true, agreeing: { files: 2, rows: 2 } });
  });

  it('in which a commit was left open says so, whether its rows are there or not', async () => {
    await using world = await MishapWorld.loaded();
    for (const [name, id, label] of [
      ['c', 3, 'core.commit.committing'],
      ['d', 4, 'core.commit.finish'],
    ] as const) {
      await world.write(`landing/${name}.csv`, rowsOf(id));
      await expect(stopAt(world, label)).rejects.toThrow();
      const report = await audit(world);
      expect(told(report)).toEqual([['open-commit', 'warning', 1]]);
      await world.run();
      expect((await audit(world)).findings.map(({ kind }) => kind)).not.toContain('open-commit');
    }
  });

  it('ends with the signal', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve();
    await expect(calve.audit(world.spec(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('whose table does not name files compares what it can', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve();
    const spec = world.spec({ id: 'plain', table: 'sales.plain' });
    const plain = { ...spec, outputs: spec.outputs.map((output) => ({ ...output, provenance: [] })) };
    await calve.run(plain);
    const report = await calve.audit(plain);
    expect(report).toMatchObject({
      isHealthy: true,
      compared: 'totals',
      findings: [{ kind: 'not-compared', rows: { ledger: 2, table: 2 } }],
    });
  });

  it('counts rejected rows, and hears how far it is', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', `${rowsOf(...Array.from({ length: 200 }, (_, id) => id))}${BAD.split('\n')[1]}\n`);
    await world.run();
    await using calve = world.calve();
    const parts = new Set<string>();
    const report = await calve.audit(world.spec(), { onProgress: ({ part }) => parts.add(part) });
    expect(report.agreeing.rows + report.agreeing.rejected).toBe(201);
    expect([...parts]).toEqual(expect.arrayContaining(['folder', 'table']));
  });
});

/** A run that throws at a step, as if the process had ended there. */
async function stopAt(world: MishapWorld, label: string): Promise<void> {
  await using calve = world.calve({
    onStep: (step) => {
      if (step === label) throw new TypeError('stopped here');
    },
  });
  await calve.run(world.spec());
}

describe.runIf(requireTier('python'))('an audit of a table that PyIceberg changed', () => {
  let pyIceberg: PyIcebergReader;

  beforeAll(async () => {
    pyIceberg = await startPyIceberg();
  });

  afterAll(async () => {
    await pyIceberg?.stop();
  });

  async function change(world: MishapWorld, lines: string, table = 'sales.orders'): Promise<void> {
    const uri = JSON.stringify(`sqlite:///${world.at('lake/catalog.db')}`);
    await pyIceberg.run(
      `from pyiceberg.catalog.sql import SqlCatalog\nt = SqlCatalog("calve", uri=${uri}).load_table(${JSON.stringify(table)})\n${lines}`,
    );
  }

  it('by appending rows of one file again names the file and both numbers', async () => {
    await using world = await MishapWorld.loaded();
    await change(world, 't.append(t.scan(row_filter="id = 1").to_arrow())');
    const report = await audit(world);
    expect(told(report)).toEqual([['twice-in-table', 'error', 1, 1, 2, 'a.csv']]);
    expect(report.agreeing).toMatchObject({ files: 1, rows: 1 });
  });

  it('by deleting rows does not call that a fault of the ledger', async () => {
    await using world = await MishapWorld.loaded();
    await change(world, 't.delete("id = 2")');
    const report = await audit(world);
    expect(told(report)).toEqual([['missing-from-table', 'warning', 1, 1, 0, 'b.csv']]);
    expect(findingOf(report, 'missing-from-table').message).toContain('If that was meant, nothing is wrong');
    expect((await world.run()).outcome).toBe('nothing-new');
  });

  it('by overwriting it with rows of its own', async () => {
    await using world = await MishapWorld.loaded();
    await change(world, 'import pyarrow as pa\nt.overwrite(pa.table({"id": pa.array([9], pa.int64()), "name": ["theirs"]}))');
    expect(told(await audit(world))).toEqual([
      ['missing-from-table', 'warning', 2, 2, 0, 'a.csv', 'b.csv'],
      ['unnamed-rows', 'information', null, 0, 1],
    ]);
  });

  it('by rolling it back says which rows went', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/c.csv', rowsOf(3));
    await world.run();
    await change(world, 't.manage_snapshots().rollback_to_snapshot(t.metadata.snapshots[0].snapshot_id).commit()');
    const report = await audit(world);
    expect(findingOf(report, 'missing-from-table')).toMatchObject({ severity: 'error', files: 1, rows: { ledger: 1, table: 0 } });
    expect(findingOf(report, 'ledger-and-table')).toMatchObject({ reason: 'TABLE_ROLLED_BACK' });
  });
});
