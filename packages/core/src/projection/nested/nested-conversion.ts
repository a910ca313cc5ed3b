import type { ColumnBatch } from '../../columns/column-batch.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import { isValid } from '../../columns/column-data.ts';
import type { Field } from '../../columns/column-type.ts';
import { typeText } from '../../columns/column-type.ts';
import { nullColumn } from '../../columns/null-column.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { TextConversion } from '../convert-text.ts';
import { failValue } from '../fail-value.ts';
import { cellInScratch, cellInSource, cellIsNull, type TextCells } from '../kernels/text-cells.ts';
import type { ColumnRule, OnFailure } from '../projection.ts';
import type { RowFailures } from '../row-failures.ts';
import { duplicateKeyRule, nullRule } from '../strict-rules.ts';
import { DuplicateKeys } from './map-keys.ts';
import type { Place } from './place.ts';
import { listAt, memberOf } from './place.ts';
import { withNulls } from './validity.ts';

/** The rules that have a source at a place of a batch. */
export type PlaceRule = Extract<ColumnRule, { kind: 'text' | 'nested' }>;

/** What a conversion works with; one per batch. */
export interface Conversion {
  batch: ColumnBatch;
  /** Overwritten by every leaf. */
  cells: TextCells;
  failures: RowFailures;
}

/** A typed column, and the values that were there and became null; in ascending order, none in almost every batch. */
interface Converted {
  column: ColumnData;
  spoilt: number[];
}

/** What all places below one column have in common. */
interface Root {
  /** The column of the table, as codes and rejected rows name it. */
  column: string;
  /** The column of the batch, as the rescue column names it. */
  source: string;
  onFailure: OnFailure;
}

/** One place of a rule, made ready. */
interface Node {
  readonly target: Field;
  /** The column of the table and the names of the members below it, joined by dots. */
  readonly path: string;
  /** @param place `null`: the reader gives nothing there. */
  convert(place: Place | null, length: number, conversion: Conversion): Converted;
}

/** Executes one rule with a source anywhere in a batch, and all rules below it. */
export class PlaceConversion {
  readonly #root: Root;
  readonly #node: Node;

  constructor(rule: PlaceRule) {
    const { name } = rule.target;
    this.#root = { column: name, source: rule.source[0] ?? name, onFailure: rule.onFailure };
    this.#node = nodeOf(rule, name, this.#root);
  }

  /**
   * @param place `null`: the batch has nothing there, and all of `length` values are null.
   * @param rowOf Row of the batch of each value.
   * @throws {CalveError} `VALUE_REJECTED`: a value breaks a rule and the column's policy is to fail. `SCHEMA_TYPE_CONFLICT` (replan): the
   *   reader's structure is not the one that the rule was made for.
   */
  convert(place: Place | null, length: number, rowOf: (index: number) => number, conversion: Conversion): ColumnData {
    const { column } = this.#node.convert(place, length, conversion);
    if (this.#node.target.required) requireValues(this.#node, column, length, rowOf, () => true, this.#root, conversion);
    return column;
  }
}

function nodeOf(rule: ColumnRule, path: string, root: Root): Node {
  switch (rule.kind) {
    case 'text':
      return new LeafNode(rule, path, root);
    case 'constant':
      return {
        target: rule.target,
        path,
        convert: (_, length) => ({ column: nullColumn(rule.target.type, length), spoilt: [] }),
      };
    case 'nested': {
      const { kind } = rule.target.type;
      if (kind === 'struct') return new StructNode(rule, path, root);
      if (kind === 'list') return new ListNode(rule, path, root);
      if (kind === 'map') return new MapNode(rule, path, root);
      throw new CalveError('INTERNAL', `Column "${path}" is ${kind}, which has nothing inside.`, { recovery: 'report' });
    }
    default:
      throw new CalveError('INTERNAL', `Column "${path}" has a rule "${rule.kind}" inside.`, { recovery: 'report' });
  }
}

class LeafNode implements Node {
  readonly target: Field;
  readonly path: string;
  readonly #root: Root;
  readonly #text: TextConversion;

  constructor(rule: Extract<ColumnRule, { kind: 'text' }>, path: string, root: Root) {
    this.target = rule.target;
    this.path = path;
    this.#root = root;
    this.#text = new TextConversion({ ...rule, target: { ...rule.target, name: path } });
  }

  convert(place: Place | null, length: number, conversion: Conversion): Converted {
    const { cells, batch, failures } = conversion;
    const column = this.#text.read(place?.column, length, cells);
    const spoilt: number[] = [];
    if (place === null || cells.bad + cells.tooLong === 0) return { column, spoilt };
    for (let index = 0; index < length; index++) {
      const state = cells.states[index]!;
      if (state === cellInSource || state === cellInScratch || state === cellIsNull) continue;
      spoilt.push(index);
      const row = place.rowOf(index);
      const { onFailure } = this.#root;
      if (isFatal(onFailure))
        failValue(
          batch,
          place.column,
          row,
          { target: { ...this.target, name: this.path }, onFailure, root: this.#root.column },
          index,
        );
      report(row, this.#text.codeOf(state), this.#root, failures);
    }
    return { column, spoilt };
  }
}

class StructNode implements Node {
  readonly target: Field;
  readonly path: string;
  readonly #root: Root;
  readonly #members: { name: string; node: Node }[];

  constructor(rule: Extract<ColumnRule, { kind: 'nested' }>, path: string, root: Root) {
    this.target = rule.target;
    this.path = path;
    this.#root = root;
    this.#members = rule.children.map((child) => ({
      name: 'source' in child ? (child.source.at(-1) ?? '') : child.target.name,
      node: nodeOf(child, `${path}.${child.target.name}`, root),
    }));
  }

  convert(place: Place | null, length: number, conversion: Conversion): Converted {
    if (place === null) return { column: nullColumn(this.target.type, length), spoilt: [] };
    if (place.column.layout !== 'struct') throw otherStructure(this, place);
    const { validity } = place.column;
    const isThere = (index: number): boolean => validity === undefined || (validity[index >> 3]! & (1 << (index & 7))) !== 0;
    const take = (bytes: number): Uint8Array => conversion.cells.takeWork(bytes);
    const children = this.#members.map(({ name, node }) => {
      const { column } = node.convert(memberOf(place, name, take), length, conversion);
      if (node.target.required) requireValues(node, column, length, place.rowOf, isThere, this.#root, conversion);
      return column;
    });
    const own = validity === undefined ? {} : { validity: validity.slice(0, (length + 7) >> 3) };
    return { column: { layout: 'struct', children, ...own }, spoilt: [] };
  }
}

class ListNode implements Node {
  readonly target: Field;
  readonly path: string;
  readonly #root: Root;
  readonly #element: Node;

  constructor(rule: Extract<ColumnRule, { kind: 'nested' }>, path: string, root: Root) {
    this.target = rule.target;
    this.path = path;
    this.#root = root;
    this.#element = nodeOf(onlyChild(rule, 0), `${path}.element`, root);
  }

  convert(place: Place | null, length: number, conversion: Conversion): Converted {
    if (place === null) return { column: nullColumn(this.target.type, length), spoilt: [] };
    const list = listAt(place);
    if (list === null || place.type.kind !== 'list') throw otherStructure(this, place);
    const { elements, offsets } = list;
    const { column: element, spoilt } = this.#element.convert(elements, elements.length, conversion);
    if (this.#element.target.required) {
      requireValues(this.#element, element, elements.length, elements.rowOf, () => true, this.#root, conversion);
    }
    const column: ColumnData = {
      layout: 'list',
      offsets: offsets.slice(0, length + 1),
      element,
      ...ownValidity(list.column, length),
    };
    return withSpoiltLists(column, offsets, length, spoilt);
  }
}

class MapNode implements Node {
  readonly target: Field;
  readonly path: string;
  readonly #root: Root;
  readonly #key: Node;
  readonly #value: Node;
  readonly #duplicates = new DuplicateKeys();

  constructor(rule: Extract<ColumnRule, { kind: 'nested' }>, path: string, root: Root) {
    this.target = rule.target;
    this.path = path;
    this.#root = root;
    this.#key = nodeOf(onlyChild(rule, 0), `${path}.key`, root);
    this.#value = nodeOf(onlyChild(rule, 1), `${path}.value`, root);
  }

  convert(place: Place | null, length: number, conversion: Conversion): Converted {
    if (place === null) return { column: nullColumn(this.target.type, length), spoilt: [] };
    const map = listAt(place);
    if (map === null || place.type.kind !== 'map') throw otherStructure(this, place);
    const { elements: entries, offsets } = map;
    const { fields } = entries.type as { fields: Field[] };
    const [key, value] = [this.#key, this.#value].map((node, index) => {
      const converted = node.convert(memberOf(entries, fields[index]!.name), entries.length, conversion);
      if (index === 0 || node.target.required) {
        requireValues(node, converted.column, entries.length, entries.rowOf, () => true, this.#root, conversion);
      }
      return converted;
    }) as [Converted, Converted];
    const column: ColumnData = {
      layout: 'list',
      offsets: offsets.slice(0, length + 1),
      element: { layout: 'struct', children: [key.column, value.column] },
      ...ownValidity(map.column, length),
    };
    const converted = withSpoiltLists(column, offsets, length, [
      ...key.spoilt,
      ...nullKeys(key.column, entries.length),
      ...value.spoilt,
    ]);
    return this.#withoutDuplicates(converted, key.column, place, length, conversion);
  }

  #withoutDuplicates(
    converted: Converted,
    keys: ColumnData,
    place: Place,
    length: number,
    { failures, batch }: Conversion,
  ): Converted {
    const { offsets } = converted.column as ColumnData & { layout: 'list' };
    const doubled: number[] = [];
    for (let index = 0; index < length; index++) {
      if (!isValid(converted.column, index) || !this.#duplicates.has(keys, offsets[index]!, offsets[index + 1]!)) continue;
      doubled.push(index);
      const row = place.rowOf(index);
      const { onFailure } = this.#root;
      if (isFatal(onFailure))
        failValue(batch, undefined, row, { target: { ...this.target, name: this.path }, onFailure, root: this.#root.column });
      report(row, `${this.path}:${duplicateKeyRule}`, this.#root, failures);
    }
    if (doubled.length === 0) return converted;
    const spoilt = [...converted.spoilt, ...doubled].sort((a, b) => a - b);
    return { column: withNulls(converted.column, length, doubled), spoilt };
  }
}

function onlyChild(rule: Extract<ColumnRule, { kind: 'nested' }>, index: number): ColumnRule {
  const child = rule.children[index];
  if (child) return child;
  throw new CalveError('PLAN_INVALID', `The rule of "${rule.target.name}" lacks what stands inside.`, { recovery: 'replan' });
}

function ownValidity({ validity }: ColumnData, length: number): { validity?: Uint8Array } {
  return validity === undefined ? {} : { validity: validity.slice(0, (length + 7) >> 3) };
}

/** A list with an element that was there and is null now is null as a whole. */
function withSpoiltLists(column: ColumnData, offsets: Int32Array, length: number, elements: readonly number[]): Converted {
  if (elements.length === 0) return { column, spoilt: [] };
  const sorted = [...elements].sort((a, b) => a - b);
  const spoilt: number[] = [];
  let list = 0;
  for (const element of sorted) {
    while (list < length && offsets[list + 1]! <= element) list++;
    if (spoilt.at(-1) !== list) spoilt.push(list);
  }
  return { column: withNulls(column, length, spoilt), spoilt };
}

/** A null token may stand for a key, which is none then. */
function nullKeys(keys: ColumnData, length: number): number[] {
  const nulls: number[] = [];
  if (keys.validity !== undefined) for (let key = 0; key < length; key++) if (!isValid(keys, key)) nulls.push(key);
  return nulls;
}

/** Reports every null of a required place whose parent is there. No policy makes such a null right. */
function requireValues(
  { target, path }: Node,
  column: ColumnData,
  length: number,
  rowOf: (index: number) => number,
  isThere: (index: number) => boolean,
  root: Root,
  { batch, failures }: Conversion,
): void {
  if (column.validity === undefined) return;
  for (let index = 0; index < length; index++) {
    if (isValid(column, index) || !isThere(index)) continue;
    const row = rowOf(index);
    if (isFatal(root.onFailure))
      failValue(batch, undefined, row, { target: { ...target, name: path }, onFailure: root.onFailure, root: root.column });
    failures.reject(row, root.column, `${path}:${nullRule}`);
  }
}

function report(row: number, code: string, { column, source, onFailure }: Root, failures: RowFailures): void {
  if (onFailure === 'null') failures.nullify(row);
  else if (onFailure === 'rescue') failures.rescue(row, source);
  else failures.reject(row, column, code);
}

function isFatal(onFailure: OnFailure): boolean {
  return onFailure === 'fail-unit' || onFailure === 'fail-run';
}

function otherStructure({ path, target }: Node, place: Place): CalveError {
  return new CalveError(
    'SCHEMA_TYPE_CONFLICT',
    `Column "${path}" is ${typeText(target.type)}, but the reader gives ${typeText(place.type)} there; make a new plan.`,
    { recovery: 'replan', context: { column: path } },
  );
}
