import type { Diagnostic } from '@calve/core/plugin';
import { CalveError, shownText } from '@calve/core/plugin';
import type { CsvFacts } from './csv-facts.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { detectHeader } from './detect-header.ts';
import { defaultNames, safeHeader } from './safe-header.ts';
import type { RecordSample } from './sample-records.ts';
import { commonWidth } from './sample-records.ts';

/** What the columns of a file are called, and what there is to say about it. */
export interface NamedColumns {
  header: boolean;
  names: CsvFacts['names'];
  /** Why the first record is a header or not; absent when the options say so. */
  because?: string;
  findings: Diagnostic[];
}

/**
 * Decides whether the first record is a header and names the columns: by `columns`, else by the header, else `_c0`, `_c1`, …
 *
 * @param sample At least one record, with texts.
 * @throws {CalveError} `CSV_COLUMN_NAMES_MISMATCH` (fix-input): `columns` has another number of names than the header.
 */
export function nameColumns(sample: RecordSample, options: CsvOptions): NamedColumns {
  const first = (sample.texts[0] ?? []).map((text) => text ?? '');
  const detected = chooseHeader(first, sample, options);
  const { header } = detected;
  const raw = header ? first : [];
  const { columns } = options;
  if (columns && header && columns.length !== raw.length) {
    throw new CalveError(
      'CSV_COLUMN_NAMES_MISMATCH',
      `The option "columns" has ${columns.length} names, but the header of the file has ${raw.length}: ${show(raw)}. Give as many names as there are columns, or none.`,
      { recovery: 'fix-input', context: { columns, header: raw } },
    );
  }
  const safe = columns ?? (header ? safeHeader(raw) : defaultNames(commonWidth(sample.widths).width));
  return { ...detected, names: { raw, safe }, findings: columns ? [] : renamed(raw, safe) };
}

function chooseHeader(first: string[], sample: RecordSample, options: CsvOptions): { header: boolean; because?: string } {
  if (options.header !== 'detect') return { header: options.header };
  if (options.columns) {
    const isHeader = options.columns.join('\n').toLowerCase() === first.join('\n').toLowerCase();
    return {
      header: isHeader,
      because: isHeader
        ? 'the first record is a header: it has the names of the option "columns"'
        : 'there is no header: the option "columns" names the columns',
    };
  }
  return detectHeader(
    sample.texts.map((row) => row.map((text) => (text !== null && options.nulls.includes(text) ? null : text))),
  );
}

function renamed(raw: readonly string[], safe: readonly string[]): Diagnostic[] {
  const changes = raw.flatMap((name, index) =>
    name === safe[index] ? [] : [shownText(`${JSON.stringify(name)} is now ${safe[index]}`)],
  );
  if (changes.length === 0) return [];
  const list = changes.length > 5 ? `${changes.slice(0, 5).join(', ')} and ${changes.length - 5} more` : changes.join(', ');
  return [
    {
      code: 'CSV_HEADER_RENAMED',
      severity: 'warning',
      message: `Names in the header that are empty or the same (upper and lower case are the same) were changed: ${list}. Set "columns" to name them yourself.`,
      at: { unit: '' },
    },
  ];
}

function show(names: readonly string[]): string {
  return shownText(names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', '));
}
