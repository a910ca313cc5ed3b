import type { LeafLevels } from './leaf-levels.ts';
import type { LevelMemory } from './level-memory.ts';

/** Levels down to one node of a nested column. Slots with a definition level of at least `rowDefinition` are the rows of its values, in their order. */
export interface NodeLevels extends LeafLevels {
  rowDefinition: number;
}

/** Which rows of a node have a value. What is inside of a null is null, too. */
export interface NodeRows {
  rows: number;
  nulls: number;
  /** One byte per row: 1 has a value, 0 null. */
  valid: Uint8Array;
}

/** Lists, or maps as lists of their entries: row `i` has the members `offsets[i]` to `offsets[i + 1]`, none under a null. */
export interface ListRows {
  rows: number;
  /** From 0. */
  offsets: Int32Array;
}

/** Levels above a column at the first level. */
export function rootLevels(rows: number): NodeLevels {
  return { slots: rows, highestDefinition: 0, definition: null, highestRepetition: 0, repetition: null, rowDefinition: 0 };
}

/** Levels that also tell whether an optional node has a value. @param levels Around it. */
export function optionalLevels(levels: NodeLevels, { nulls, valid }: NodeRows, memory: LevelMemory): NodeLevels {
  const { slots, definition: outer, highestDefinition, rowDefinition } = levels;
  if (outer === null && nulls === 0) return { ...levels, highestDefinition: highestDefinition + 1 };
  const definition = memory.take(slots);
  if (outer === null) for (let slot = 0; slot < slots; slot++) definition[slot] = highestDefinition + valid[slot]!;
  else if (rowDefinition === 0) for (let slot = 0; slot < slots; slot++) definition[slot] = outer[slot]! + valid[slot]!;
  else
    for (let slot = 0, row = 0; slot < slots; slot++) {
      const level = outer[slot]!;
      definition[slot] = level < rowDefinition ? level : level + valid[row++]!;
    }
  return { ...levels, definition, highestDefinition: highestDefinition + 1 };
}

/** Levels of the members of lists: a slot for each, and one for a list that has none. @param levels Of the lists. */
export function memberLevels(levels: NodeLevels, { rows, offsets }: ListRows, memory: LevelMemory): NodeLevels {
  const { definition: outer, repetition: outerRepetition, rowDefinition } = levels;
  const highestDefinition = levels.highestDefinition + 1;
  const highestRepetition = levels.highestRepetition + 1;
  const without = levels.slots - rows + emptyLists(offsets, rows);
  const slots = offsets[rows]! + without;
  const repetition = memory.take(slots);
  const definition = without === 0 ? null : memory.take(slots);
  let to = 0;
  for (let slot = 0, row = 0; slot < levels.slots; slot++) {
    const level = outer === null ? levels.highestDefinition : outer[slot]!;
    const first = outerRepetition === null ? 0 : outerRepetition[slot]!;
    const members = level < rowDefinition ? 0 : offsets[row + 1]! - offsets[row++]!;
    repetition[to] = first;
    if (members === 0) {
      // Some list is empty, so there are definition levels.
      definition![to++] = level;
      continue;
    }
    const end = to + members;
    if (definition !== null) for (let member = to; member < end; member++) definition[member] = highestDefinition;
    for (to += 1; to < end; to++) repetition[to] = highestRepetition;
  }
  return { slots, highestDefinition, definition, highestRepetition, repetition, rowDefinition: highestDefinition };
}

function emptyLists(offsets: Int32Array, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (offsets[row] === offsets[row + 1]) count += 1;
  return count;
}
