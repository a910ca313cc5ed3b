import { describe, expect, it } from 'vitest';
import { LevelMemory } from './level-memory.ts';
import type { NodeLevels } from './node-levels.ts';
import { memberLevels, optionalLevels, rootLevels } from './node-levels.ts';

const rowsOf = (valid: number[]) => ({
  rows: valid.length,
  nulls: valid.filter((bit) => bit === 0).length,
  valid: Uint8Array.from(valid),
});

const listsOf = (counts: number[]) => {
  const offsets = new Int32Array(counts.length + 1);
  for (const [row, count] of counts.entries()) offsets[row + 1] = offsets[row]! + count;
  return { rows: counts.length, offsets };
};

const shown = ({ slots, definition, repetition }: NodeLevels) => ({
  definition: definition && [...definition.subarray(0, slots)],
  repetition: repetition && [...repetition.subarray(0, slots)],
});

describe('levels of a node', () => {
  it('need no memory as long as nothing is null', () => {
    const memory = new LevelMemory();
    const levels = optionalLevels(optionalLevels(rootLevels(3), rowsOf([1, 1, 1]), memory), rowsOf([1, 1, 1]), memory);
    expect(levels).toEqual({
      slots: 3,
      highestDefinition: 2,
      definition: null,
      highestRepetition: 0,
      repetition: null,
      rowDefinition: 0,
    });
    expect(memory.mark()).toBe(0);
  });

  it('say how deep a value of structs is there', () => {
    const memory = new LevelMemory();
    // null, { s: null }, { s: { x: null } }, { s: { x: 1 } }
    const outer = optionalLevels(rootLevels(4), rowsOf([0, 1, 1, 1]), memory);
    const inner = optionalLevels(outer, rowsOf([0, 0, 1, 1]), memory);
    expect(shown(optionalLevels(inner, rowsOf([0, 0, 0, 1]), memory))).toEqual({ definition: [0, 1, 2, 3], repetition: null });
  });

  it('give a slot to each member of a list and to each list without any', () => {
    const memory = new LevelMemory();
    // [1, null], null, [], [2]
    const lists = optionalLevels(rootLevels(4), rowsOf([1, 0, 1, 1]), memory);
    const members = memberLevels(lists, listsOf([2, 0, 0, 1]), memory);
    expect(shown(members)).toEqual({ definition: [2, 2, 0, 1, 2], repetition: [0, 1, 0, 0, 0] });
    expect(shown(optionalLevels(members, rowsOf([1, 0, 1]), memory))).toEqual({
      definition: [3, 2, 0, 1, 3],
      repetition: [0, 1, 0, 0, 0],
    });
  });

  it('tell at which list a repetition begins', () => {
    const memory = new LevelMemory();
    // [[a, b, c], [d, e]], [[f], []]
    const outer = memberLevels(rootLevels(2), listsOf([2, 2]), memory);
    expect(shown(memberLevels(outer, listsOf([3, 2, 1, 0]), memory))).toEqual({
      definition: [2, 2, 2, 2, 2, 2, 1],
      repetition: [0, 2, 2, 1, 2, 0, 1],
    });
  });
});

describe('memory for levels', () => {
  it('is used again after it was given back, and not before', () => {
    const memory = new LevelMemory();
    const first = memory.take(10);
    const mark = memory.mark();
    const second = memory.take(10);
    expect(second).not.toBe(first);
    memory.release(mark);
    expect(memory.take(5)).toBe(second);
    expect(memory.take(5)).not.toBe(second);
  });
});
