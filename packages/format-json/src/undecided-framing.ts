import type { Diagnostic, Json, Path, Position } from '@calve/core/plugin';
import { CalveError, shownText } from '@calve/core/plugin';

/** Code of a file that can be read in two ways, either of which would give rows that look right. */
const CODE = 'JSON_FRAMING_AMBIGUOUS';
const OPTIONS = '/input/format/options';

type Fix = NonNullable<Diagnostic['fixes']>[number];

const AS_LINES = fix('Read each line as a record of its own', 'framing', 'lines');
const AS_VALUES = fix('Read values one after another, over any number of lines', 'framing', 'values');

/** One object on one line, alone in its file, with one array of objects in it. */
export function recordOrDocument(recordsAt: Path): Diagnostic {
  const shown = shownText(JSON.stringify(recordsAt));
  const message = `The file is one object on one line, with one array of objects in it, at ${shown}: it may be the only record of today, or a document whose records are the elements of that array. Set the option "framing" to "lines", or "recordsAt" to ${shown}.`;
  const asDocument = fix(`Read the elements of ${shown} as the records`, 'recordsAt', [...recordsAt]);
  return { code: CODE, severity: 'warning', message, at: { unit: '', line: 1 }, fixes: [AS_LINES, asDocument] };
}

/** Behind what was taken for the only value of the file another one begins, at `at`. */
export function valueBehindDocument(at: Position): Diagnostic {
  const place = `line ${at.line ?? 1} (byte ${at.byteOffset ?? 0})`;
  const message = `The file looked like one document, but another value begins behind it, in ${place}. Set the option "framing": to "values" if values follow one another, to "lines" if each line is one; with "document" only the first one is read.`;
  return { code: CODE, severity: 'warning', message, at, fixes: [AS_VALUES, AS_LINES] };
}

/** The same for who reads the file as it was planned: it is not known how its records stand in it. The finding is in `diagnostics`. */
export function refusedValueBehindDocument(at: Position): CalveError {
  const finding = valueBehindDocument(at);
  const { line = 1, byteOffset = 0 } = at;
  return new CalveError(CODE, finding.message, {
    recovery: 'fix-input',
    diagnostics: [finding],
    context: { line, byteOffset },
  });
}

function fix(title: string, option: string, value: Json): Fix {
  return { title, specPatch: [{ op: 'add', path: `${OPTIONS}/${option}`, value }] };
}
