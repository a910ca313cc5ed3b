import type { ColumnType } from '../columns/column-type.ts';
import type { ValueShape } from './value-shape.ts';

/**
 * How a place of nested data is read, by what was seen there: a struct, list or map when nothing else stood there, with text at every leaf,
 * and text for everything else. A text leaf takes any value, so nothing is lost where kinds are mixed. Pure.
 *
 * Places where only nulls, or nothing at all, stood are text; so are empty objects. Empty arrays are a list of text.
 */
export function textStructure(shape: ValueShape): ColumnType {
  const { scalars, objects, arrays, members = [], anyMember, element } = shape;
  if (scalars === 0 && arrays === 0 && objects > 0) {
    if (anyMember) {
      const value = { name: 'value', type: textStructure(anyMember), required: false };
      return { kind: 'map', key: { name: 'key', type: { kind: 'string' }, required: true }, value };
    }
    if (members.length > 0) {
      return {
        kind: 'struct',
        fields: members.map((member) => ({ name: member.name, type: textStructure(member.shape), required: false })),
      };
    }
  }
  if (scalars === 0 && objects === 0 && arrays > 0) {
    const type: ColumnType = element ? textStructure(element) : { kind: 'string' };
    return { kind: 'list', element: { name: 'element', type, required: false } };
  }
  return { kind: 'string' };
}
