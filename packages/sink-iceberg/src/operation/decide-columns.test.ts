import type { SchemaDecisions } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { existing, field, kinds, location, long, reason, table, target, text } from './plan-changes.fixture.ts';
import { planChanges } from './plan-changes.ts';
import type { TableFacts } from './table-facts.ts';

const same = existing.map(({ id: _id, ...rest }) => rest);

describe('what was decided about columns of a table', () => {
  it('renames by id and drops what was decided, once', () => {
    const decisions = { renames: [{ from: ['note'], to: ['remark'] }], drops: [['count']] };
    const wanted = [...same.filter(({ name }) => name !== 'note' && name !== 'count'), field('remark', text)];
    const plan = planChanges(table(), wanted, target, location, decisions);
    expect(kinds(plan)).toEqual(['drop-column count', 'rename-column note']);
    expect(plan).toMatchObject({ fields: [{ id: 1 }, { id: 2, name: 'remark' }, { id: 5 }, { id: 6 }] });
    const after = { ...table(), fields: plan.kind === 'changes' ? plan.fields : [] };
    expect(kinds(planChanges(after, wanted, target, location, decisions))).toEqual([]);
  });

  it('takes a dropped name for a new column with an id of its own', () => {
    const plan = planChanges(
      table(),
      same.map((one) => (one.name === 'note' ? field('note', long) : one)),
      target,
      location,
      {
        renames: [],
        drops: [['note']],
      },
    );
    expect(kinds(plan)).toEqual(['drop-column note', 'add-column note']);
    expect(plan).toMatchObject({ fields: [{ id: 1 }, { id: 3 }, { id: 5 }, { id: 6 }, { name: 'note', id: 10 }] });
  });

  const undecidable: [what: string, facts: Partial<TableFacts>, decisions: SchemaDecisions, words: RegExp][] = [
    [
      'dropping a column that files are partitioned by',
      { layoutSources: [2] },
      { renames: [], drops: [['note']] },
      /"note" cannot be dropped: .*partitioned/,
    ],
    [
      'dropping an identifier',
      { identifierFieldIds: [1] },
      { renames: [], drops: [['id']] },
      /"id" cannot be dropped: it identifies/,
    ],
    [
      'a new name that another column has',
      {},
      { renames: [{ from: ['note'], to: ['Count'] }], drops: [] },
      /"note" cannot be renamed to "Count": the table has a column "count"/,
    ],
  ];
  it.each(undecidable)('is impossible with %s', (_what, facts, decisions, words) => {
    expect(reason(planChanges(table(facts), same, target, location, decisions))).toMatch(words);
  });
});
