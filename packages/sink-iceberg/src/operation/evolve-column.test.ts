import type { Field } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { field, kinds, location, long, table, target, text } from './plan-changes.fixture.ts';
import { planChanges } from './plan-changes.ts';

describe('columns with members that a table has', () => {
  it('adds members to structs, also inside lists and maps, with their paths', () => {
    const inner = (extra: Field[] = []): Field['type'] => ({ kind: 'struct', fields: [field('a', long), ...extra] });
    const nested = (extra: Field[] = []): Field[] => [
      field('s', inner(extra)),
      field('l', { kind: 'list', element: field('element', inner(extra)) }),
      field('m', { kind: 'map', key: field('key', text, { required: true }), value: field('value', inner(extra)) }),
    ];
    const created = planChanges('absent', nested(), target, location);
    const fields = created.kind === 'changes' ? created.fields : [];
    const state = { ...table({ lastColumnId: 20 }), fields };
    const plan = planChanges(state, nested([field('b', text, { required: true }), field('c', inner())]), target, location);
    expect(kinds(plan)).toEqual([
      'add-column s.b',
      'add-column s.c',
      'add-column l.element.b',
      'add-column l.element.c',
      'add-column m.value.b',
      'add-column m.value.c',
    ]);
    const ids = JSON.stringify(plan.kind === 'changes' ? plan.fields : [])
      .match(/"id":\d+/g)
      ?.map((id) => Number(id.slice(5)));
    expect(new Set(ids).size).toBe(ids?.length);
    expect(Math.max(...(ids ?? []))).toBe(29);
    expect(kinds(planChanges(state, nested(), target, location))).toEqual([]);
  });

  it('widens and relaxes members', () => {
    const state = {
      ...table(),
      fields: [
        field('s', { kind: 'struct', fields: [field('a', { kind: 'int32' }, { id: 2, required: true })] }, { id: 1 }),
        field('l', { kind: 'list', element: field('element', { kind: 'float32' }, { id: 4, required: true }) }, { id: 3 }),
      ],
    };
    const wanted = [
      field('s', { kind: 'struct', fields: [field('a', long)] }),
      field('l', { kind: 'list', element: field('element', { kind: 'float64' }) }),
    ];
    const plan = planChanges(state, wanted, target, location);
    expect(kinds(plan)).toEqual(['widen-column s.a', 'make-optional s.a', 'widen-column l.element', 'make-optional l.element']);
    expect(plan.kind === 'changes' && plan.fields[0]?.type).toMatchObject({ fields: [{ id: 2, type: long, required: false }] });
  });
});
