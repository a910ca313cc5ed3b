import { cellClasses } from './classify-cell.ts';
import type { CandidateColumn } from './column-question.ts';
import { type ColumnStatistics, type ExampleCell, mostForms, type NumberShape, type WrittenForm } from './column-statistics.ts';

/** The statistics of a column over all units that have it; null: some of them have none, or no unit has the column. */
export function statisticsOf({ seen }: Pick<CandidateColumn, 'seen'>): ColumnStatistics | null {
  const known = seen.flatMap(({ observed }) => observed.statistics ?? []);
  const [first, ...rest] = known;
  return first && known.length === seen.length ? rest.reduce(mergeColumnStatistics, first) : null;
}

/** The statistics of both together, as if the cells of `b` came after those of `a`: counts add up, earlier examples win. Pure. */
export function mergeColumnStatistics(a: ColumnStatistics, b: ColumnStatistics): ColumnStatistics {
  const classes: ColumnStatistics['classes'] = {};
  for (const name of cellClasses) {
    const merged = mergeCounts(a.classes[name], b.classes[name]);
    if (merged) classes[name] = merged;
  }
  const integerDigits = mostDigits(a.integerDigits, b.integerDigits);
  const scale = mostDigits(a.scale, b.scale);
  const notDouble = mergeCounts(a.notDouble, b.notDouble);
  const shapes = mergeShapes(a.shapes ?? [], b.shapes ?? []);
  const forms = mergeForms(a, b);
  const thousands = (a.thousands ?? 0) + (b.thousands ?? 0);
  return {
    values: a.values + b.values,
    nulls: a.nulls + b.nulls,
    empty: a.empty + b.empty,
    classes,
    ...(integerDigits ? { integerDigits } : {}),
    ...(scale ? { scale } : {}),
    ...(notDouble ? { notDouble } : {}),
    ...(forms.length > 0 ? { forms } : {}),
    ...(isSameText(a, b) ? { sameText: true } : {}),
    ...(thousands > 0 ? { thousands } : {}),
    ...(shapes.length > 0 ? { shapes } : {}),
  };
}

interface Counted {
  count: number;
  first: ExampleCell;
}

interface Digits {
  digits: number;
  first: ExampleCell;
}

function mergeCounts(a: Counted | undefined, b: Counted | undefined): Counted | undefined {
  return a && b ? { count: a.count + b.count, first: a.first } : (a ?? b);
}

function mostDigits(a: Digits | undefined, b: Digits | undefined): Digits | undefined {
  return a && b ? (b.digits > a.digits ? b : a) : (a ?? b);
}

function mergeShapes(a: readonly NumberShape[], b: readonly NumberShape[]): NumberShape[] {
  const key = (shape: NumberShape): string => `${shape.class} ${shape.isInt64} ${shape.integerDigits} ${shape.scale}`;
  const merged = new Map(a.map((shape) => [key(shape), shape]));
  for (const shape of b) {
    const known = merged.get(key(shape));
    merged.set(key(shape), known ? { ...known, count: known.count + shape.count } : shape);
  }
  return [...merged.values()];
}

/** None as soon as one side has texts that nothing reads. */
function mergeForms(a: ColumnStatistics, b: ColumnStatistics): WrittenForm[] {
  for (const { classes, forms } of [a, b]) if (classes.text && forms === undefined) return [];
  const key = ({ reads, number }: WrittenForm): string => JSON.stringify([reads, number?.last]);
  const merged = new Map((a.forms ?? []).map((form) => [key(form), form]));
  for (const form of b.forms ?? []) {
    const known = merged.get(key(form));
    if (known === undefined) merged.set(key(form), form);
    else merged.set(key(form), { ...known, count: known.count + form.count, ...mergeSizes(known.number, form.number) });
  }
  return merged.size > mostForms ? [] : [...merged.values()];
}

function mergeSizes(a: WrittenForm['number'], b: WrittenForm['number']): Pick<WrittenForm, 'number'> {
  if (!a || !b) return {};
  const most = (name: 'digits' | 'before' | 'behind'): number => Math.max(a[name], b[name]);
  return { number: { ...a, digits: most('digits'), before: most('before'), behind: most('behind') } };
}

function isSameText(a: ColumnStatistics, b: ColumnStatistics): boolean {
  const [first, ...rest] = [a, b].filter(({ classes }) => classes.text);
  const value = first?.classes.text?.first.value;
  return first?.sameText === true && rest.every(({ classes, sameText }) => sameText && classes.text?.first.value === value);
}
