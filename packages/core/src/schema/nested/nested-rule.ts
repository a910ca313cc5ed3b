import type { ColumnType, Field } from '../../columns/column-type.ts';
import type { Path } from '../../json/json.ts';
import type { ColumnRule } from '../../projection/projection.ts';
import { isNestedType } from './nested-type.ts';

type TextRule = Extract<ColumnRule, { kind: 'text' }>;

/**
 * The rule for a column whose reader gives structs, lists or maps: a rule per place.
 *
 * @param source Where it stands in the reader.
 * @param type What the reader has there.
 * @param leaf The text rule of one leaf.
 */
export function nestedRule(
  target: Field,
  source: Path,
  type: ColumnType,
  leaf: (target: Field, source: Path) => TextRule,
): ColumnRule {
  if (!isNestedType(target.type) || type.kind !== target.type.kind) return leaf(target, source);
  const inside = (field: Field, from: Field | undefined): ColumnRule =>
    from ? nestedRule(field, [from.name], from.type, leaf) : { target: field, kind: 'constant', value: null };
  return {
    target,
    kind: 'nested',
    source,
    children: childrenOf(target.type, type, inside),
    onFailure: leaf(target, source).onFailure,
  };
}

function childrenOf(
  target: ColumnType,
  type: ColumnType,
  inside: (field: Field, from: Field | undefined) => ColumnRule,
): ColumnRule[] {
  if (target.kind === 'struct' && type.kind === 'struct') {
    return target.fields.map((field) =>
      inside(
        field,
        type.fields.find(({ name }) => name === field.name),
      ),
    );
  }
  if (target.kind === 'list' && type.kind === 'list') return [inside(target.element, type.element)];
  return target.kind === 'map' && type.kind === 'map' ? [inside(target.key, type.key), inside(target.value, type.value)] : [];
}

/** What a reader has at a path; `null`: nothing. */
export function typeAtPath(fields: readonly Field[], [root, ...rest]: Path, explode: Path | undefined): ColumnType | null {
  let type = fields.find(({ name }) => name === root)?.type;
  let path: string[] = [root ?? ''];
  for (const step of [undefined, ...rest]) {
    if (step !== undefined) {
      if (type?.kind !== 'struct') return null;
      type = type.fields.find(({ name }) => name === step)?.type;
      path = [...path, step];
    }
    const isExploded =
      explode?.length === path.length && explode.every((name, at) => (at === 0 ? isLike(name, path[0]) : name === path[at]));
    if (isExploded && type?.kind === 'list') type = type.element.type;
  }
  return type ?? null;
}

function isLike(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
