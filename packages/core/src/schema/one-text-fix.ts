import { type ColumnType, typeText } from '../columns/column-type.ts';
import { columnFix, type Fix } from '../findings/column-fixes.ts';
import { isNullWord } from '../findings/null-words.ts';
import type { Json } from '../json/json.ts';
import type { CandidateColumn, ColumnDebate } from './column-question.ts';
import { countMisfits } from './count-misfits.ts';
import { statisticsOf } from './merge-statistics.ts';

/**
 * The patch that reads one text as null where it is all that does not fit a type: a word that people write where there is no value, or any other
 * that is there more than once. Empty: something else does not fit either.
 */
export function oneTextFix(candidate: CandidateColumn, type: ColumnType, debate: ColumnDebate): Fix[] {
  const { name, declared, seen } = candidate;
  const statistics = statisticsOf(candidate);
  const text = statistics?.classes.text;
  if (!statistics?.sameText || !text || text.count !== countMisfits(statistics, type).count) return [];
  const { value } = text.first;
  if (text.count === 1 && !isNullWord(value)) return [];
  const known = declared?.spec.nulls ?? seen.flatMap(({ unit }) => debate.question.units[unit]?.nulls ?? []);
  const title = `Read ${JSON.stringify(value)} as null in "${name}", which is ${typeText(type)} then`;
  return [columnFix(title, name, declared, { type: type as unknown as Json, nulls: [...new Set([...known, value])] })];
}
