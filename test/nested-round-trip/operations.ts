import type { ColumnKind } from '../round-trip/column-kinds.ts';
import { columnTypeOf, type ModelField, type ModelType } from './model-type.ts';

/** One step of a table's life after its first rows. `path`: names from the first level down, `element` and `value` for lists and maps. */
export type Operation =
  | { kind: 'add'; path: string[]; type: ModelType; uid: number }
  | { kind: 'rename'; path: string[]; to: string }
  | { kind: 'drop' | 'optional' | 'move first'; path: string[] }
  | { kind: 'widen'; path: string[]; to: ColumnKind };

/** How the test's tables are told apart: at the first level, or inside. */
export function operationName({ kind, path }: Operation): string {
  return `${kind} ${path.length === 1 ? 'column' : 'member'}`;
}

/** The fields after an operation. */
export function applied(fields: readonly ModelField[], operation: Operation): ModelField[] {
  const { path } = operation;
  const name = path.at(-1) as string;
  return within(fields, path.slice(0, -1), (siblings) => {
    const index = siblings.findIndex((field) => field.name === name);
    const field = siblings[index] as ModelField;
    const replaced = (by: Partial<ModelField>): ModelField[] => siblings.map((one) => (one === field ? { ...one, ...by } : one));
    switch (operation.kind) {
      case 'add':
        return [...siblings, { uid: operation.uid, name, type: operation.type, required: false }];
      case 'rename':
        return replaced({ name: operation.to });
      case 'drop':
        return siblings.filter((one) => one !== field);
      case 'optional':
        return replaced({ required: false });
      case 'move first':
        return [field, ...siblings.filter((one) => one !== field)];
      case 'widen':
        return replaced({ type: { kind: 'leaf', leaf: operation.to } });
    }
  });
}

function within(
  fields: readonly ModelField[],
  path: readonly string[],
  change: (siblings: readonly ModelField[]) => ModelField[],
): ModelField[] {
  const [name, ...rest] = path;
  if (name === undefined) return change(fields);
  return fields.map((field) => (field.name === name ? { ...field, type: inside(field.type, rest, change) } : field));
}

function inside(type: ModelType, path: readonly string[], change: (siblings: readonly ModelField[]) => ModelField[]): ModelType {
  switch (type.kind) {
    case 'struct':
      return { kind: 'struct', fields: within(type.fields, path, change) };
    case 'list':
      return { kind: 'list', element: within([type.element], path, change)[0] as ModelField };
    case 'map':
      return { ...type, value: within([type.value], path, change)[0] as ModelField };
    case 'leaf':
      throw new Error('a leaf has nothing inside');
  }
}

/** A place where something can be changed. */
export interface Place {
  field: ModelField;
  path: string[];
  siblings: readonly ModelField[];
  /** Members of structs and columns have names of their own; elements and values have not. */
  isNamed: boolean;
}

/** Every place but those in the keys of maps, which no table can change. */
export function* placesIn(fields: readonly ModelField[], path: string[] = [], isNamed = true): Generator<Place> {
  for (const field of fields) {
    const here = [...path, field.name];
    yield { field, path: here, siblings: fields, isNamed };
    if (field.type.kind === 'struct') yield* placesIn(field.type.fields, here);
    if (field.type.kind === 'list') yield* placesIn([field.type.element], here, false);
    if (field.type.kind === 'map') yield* placesIn([field.type.value], here, false);
  }
}

/** The wider type that a column may become; `null`: none. */
export function widerKind({ type, ...kind }: ColumnKind): ColumnKind | null {
  const wider =
    type.kind === 'int32'
      ? ({ kind: 'int64' } as const)
      : type.kind === 'float32'
        ? ({ kind: 'float64' } as const)
        : type.kind === 'decimal' && type.precision < 30
          ? { ...type, precision: type.precision + 9 }
          : null;
  if (wider === null) return null;
  const name = wider.kind === 'decimal' ? `decimal(${wider.precision},${wider.scale})` : wider.kind;
  return { ...kind, type: wider, name };
}

/** A type in the JSON of Iceberg, with made-up ids. */
export function icebergJson(type: ModelType): unknown {
  let id = 100;
  const json = (inner: ModelType): unknown => {
    switch (inner.kind) {
      case 'leaf':
        return leafText(inner.leaf);
      case 'struct':
        return {
          type: 'struct',
          fields: inner.fields.map((field) => ({ id: ++id, name: field.name, required: field.required, type: json(field.type) })),
        };
      case 'list':
        return {
          type: 'list',
          'element-id': ++id,
          'element-required': inner.element.required,
          element: json(inner.element.type),
        };
      case 'map':
        return {
          type: 'map',
          'key-id': ++id,
          key: json(inner.key.type),
          'value-id': ++id,
          'value-required': inner.value.required,
          value: json(inner.value.type),
        };
    }
  };
  return json(type);
}

function leafText({ type }: ColumnKind): string {
  const words: Record<string, string> = { int32: 'int', int64: 'long', float32: 'float', float64: 'double' };
  if (type.kind === 'decimal') return `decimal(${type.precision}, ${type.scale})`;
  if (type.kind === 'fixed') return `fixed[${type.bytes}]`;
  if (type.kind === 'timestamp') return type.zone === 'utc' ? 'timestamptz' : 'timestamp';
  return words[type.kind] ?? type.kind;
}

/** A type in the SQL of Spark. */
export function sparkType(type: ModelType): string {
  switch (type.kind) {
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${sparkName(field.name)}: ${sparkType(field.type)}`).join(', ')}>`;
    case 'list':
      return `ARRAY<${sparkType(type.element.type)}>`;
    case 'map':
      return `MAP<${sparkType(type.key.type)}, ${sparkType(type.value.type)}>`;
    case 'leaf': {
      const leaf = columnTypeOf(type);
      if (leaf.kind === 'decimal') return `DECIMAL(${leaf.precision}, ${leaf.scale})`;
      if (leaf.kind === 'timestamp') return leaf.zone === 'utc' ? 'TIMESTAMP' : 'TIMESTAMP_NTZ';
      const words: Record<string, string> = { int32: 'INT', int64: 'BIGINT', float32: 'FLOAT', float64: 'DOUBLE' };
      return words[leaf.kind] ?? leaf.kind.toUpperCase();
    }
  }
}

/** An identifier of Spark. */
export function sparkName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The statement with which Spark does it. */
export function sparkStatement(table: string, operation: Operation): string {
  const column = operation.path.map(sparkName).join('.');
  switch (operation.kind) {
    case 'add':
      return `ALTER TABLE ${table} ADD COLUMN ${column} ${sparkType(operation.type)}`;
    case 'rename':
      return `ALTER TABLE ${table} RENAME COLUMN ${column} TO ${sparkName(operation.to)}`;
    case 'drop':
      return `ALTER TABLE ${table} DROP COLUMN ${column}`;
    case 'optional':
      return `ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL`;
    case 'move first':
      return `ALTER TABLE ${table} ALTER COLUMN ${column} FIRST`;
    case 'widen':
      return `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${sparkType({ kind: 'leaf', leaf: operation.to })}`;
  }
}
