import type { ColumnType, Field } from '../../columns/column-type.ts';
import { typeText } from '../../columns/column-type.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { JsonReader, ReaderPlan } from '../../format/reader-plan.ts';
import type { Path } from '../../json/json.ts';
import type { ColumnAnswer } from '../column-question.ts';

const TEXT: ColumnType = { kind: 'string' };

/** What readers of nested data have to know of a plan. */
export interface StructureQuestion {
  answer: Pick<ColumnAnswer, 'columns' | 'sources'>;
  explode: Path | undefined;
  /** Name of the column that takes what no other column does; null: there is none. */
  rescue: string | null;
  /** Columns of the files that are left out on purpose, in lower case: they are read, so that they are neither rescued nor told as lost. */
  dropped: ReadonlySet<string>;
}

/**
 * The reader of one unit, made to read what was decided: the structure of the columns with text at every leaf. All units whose columns are
 * spelled alike get the same reader, whatever they lack. Readers of other kinds stay as they are.
 *
 * @param spelling How the unit spells columns, and others those that it lacks, by lower case.
 * @throws {CalveError} `SCHEMA_IMPOSSIBLE` (fix-input): one place would have to be read in two ways.
 */
export function structuredReader(
  plan: ReaderPlan,
  spelling: ReadonlyMap<string, string>,
  question: StructureQuestion,
): ReaderPlan {
  if (plan.kind !== 'json') return plan;
  const { answer, explode, rescue, dropped } = question;
  const fields = new Map<string, Field>();
  for (const { name, field } of answer.columns) {
    const path = answer.sources.get(name) ?? [];
    const root = spelling.get(path[0] ?? '');
    if (root === undefined) continue;
    const type = typeAt(path, 0, asText(field.type), explode);
    const known = fields.get(root);
    fields.set(root, { name: root, type: known ? mergedType(known.type, type, root) : type, required: false });
  }
  for (const [folded, name] of spelling) {
    if (dropped.has(folded) && !fields.has(name)) fields.set(name, { name, type: TEXT, required: false });
  }
  return { ...plan, fields: [...fields.values()], rescue } satisfies JsonReader;
}

/** The same structure with text at every leaf. */
export function asText(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(({ name, type: inside }) => optional(name, asText(inside))) };
    case 'list':
      return { kind: 'list', element: optional('element', asText(type.element.type)) };
    case 'map':
      return {
        kind: 'map',
        key: { name: 'key', type: TEXT, required: true },
        value: optional('value', asText(type.value.type)),
      };
    default:
      return TEXT;
  }
}

/** What stands at `path[depth]` when `type` stands at the end of the path. */
function typeAt(path: Path, depth: number, type: ColumnType, explode: Path | undefined): ColumnType {
  const next = path[depth + 1];
  const inside: ColumnType =
    next === undefined ? type : { kind: 'struct', fields: [optional(next, typeAt(path, depth + 1, type, explode))] };
  return explode && depth + 1 === explode.length && isSame(path, explode)
    ? { kind: 'list', element: optional('element', inside) }
    : inside;
}

function isSame(path: Path, explode: Path): boolean {
  return explode.every((name, at) => (at === 0 ? name.toLowerCase() : name) === path[at]);
}

function mergedType(a: ColumnType, b: ColumnType, place: string): ColumnType {
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = new Map(a.fields.map((field) => [field.name, field]));
    for (const field of b.fields) {
      const known = fields.get(field.name);
      fields.set(field.name, known ? { ...known, type: mergedType(known.type, field.type, `${place}.${field.name}`) } : field);
    }
    return { kind: 'struct', fields: [...fields.values()] };
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return { ...a, element: { ...a.element, type: mergedType(a.element.type, b.element.type, `${place}.element`) } };
  }
  if (typeText(a) === typeText(b)) return a;
  throw new CalveError(
    'SCHEMA_IMPOSSIBLE',
    `"${place}" would have to be read as ${typeText(a)} for one column and as ${typeText(b)} for another. Declare both alike, or leave one out.`,
    { recovery: 'fix-input', context: { place } },
  );
}

function optional(name: string, type: ColumnType): Field {
  return { name, type, required: false };
}
