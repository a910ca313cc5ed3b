import type { ObservedField } from '../../format/observation.ts';
import type { Json } from '../../json/json.ts';
import { CellClassifier } from '../classify-cell.ts';
import { StatisticsCollector } from '../collect-statistics.ts';
import type { ExampleCell } from '../column-statistics.ts';
import { LARGEST_MEMBERS, type ValueShape } from '../value-shape.ts';
import { mergeAll } from './merge-shapes.ts';

const encoder = new TextEncoder();

/** The shape of some values, as a format for JSON collects it. `undefined` counts as nothing. */
export function shapeOfValues(values: readonly (Json | undefined)[], unit = 'a'): ValueShape {
  const there = values.filter((value) => value !== undefined);
  const objects = there.filter((value) => value !== null && typeof value === 'object' && !Array.isArray(value)) as Record<
    string,
    Json
  >[];
  const arrays = there.filter((value) => Array.isArray(value));
  const scalars = there.filter((value) => value !== null && typeof value !== 'object');
  const cell = (value: Json | undefined): ExampleCell => ({
    value: typeof value === 'string' ? value : JSON.stringify(value),
    at: { unit, line: values.indexOf(value) + 1 },
  });
  const collector = new StatisticsCollector('c', unit, new CellClassifier());
  values.forEach((value, index) => {
    if (value === undefined || value === null || typeof value === 'object') return;
    const bytes = encoder.encode(typeof value === 'string' ? value : JSON.stringify(value));
    const places = { positionOf: () => ({ unit: '', line: index + 1 }) };
    collector.addJson(bytes, 0, bytes.length, typeof value === 'string', places);
  });
  const names = [...new Set(objects.flatMap((value) => Object.keys(value)))];
  const members = names.map((name) => ({
    name,
    shape: shapeOfValues(
      objects.map((value) => ownMember(value, name)),
      unit,
    ),
  }));
  const isData = names.length > LARGEST_MEMBERS;
  return {
    nulls: there.filter((value) => value === null).length,
    scalars: scalars.length,
    objects: objects.length,
    arrays: arrays.length,
    first: {
      ...(scalars.length > 0 ? { scalar: cell(scalars[0]) } : {}),
      ...(objects.length > 0 ? { object: cell(objects[0]) } : {}),
      ...(arrays.length > 0 ? { array: cell(arrays[0]) } : {}),
    },
    ...(scalars.length > 0 ? { statistics: collector.finish() } : {}),
    ...(objects.length > 0 ? { members: members.slice(0, LARGEST_MEMBERS) } : {}),
    ...(isData ? { anyMember: mergeAll(members.map(({ shape }) => shape)) } : {}),
    ...(arrays.length > 0 ? { element: shapeOfValues(arrays.flat(), unit) } : {}),
  };
}

/** The columns of one file of records. */
export function fieldsOf(records: readonly Record<string, Json>[], unit: string): ObservedField[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return names.map((name) => ({
    field: { name, type: { kind: 'unknown' }, required: false },
    evidence: [],
    shape: shapeOfValues(
      records.map((record) => ownMember(record, name)),
      unit,
    ),
  }));
}

/** A member "valueOf" is one like any other, and every object inherits it. */
function ownMember(value: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
