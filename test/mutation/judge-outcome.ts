import type { CalveErrorData, Diagnostic } from '@calve/core/plugin';
import { type DecodedReject, type DecodeOutcome, NOT_UTF8 } from './decode-outcome.ts';

/** Codes with which a delimited file may be refused. */
export const FILE_CODES: readonly string[] = [
  'CSV_COLUMN_NAMES_MISMATCH',
  'CSV_ENCODING_UNSUPPORTED',
  'CSV_MIXED_LINE_ENDS',
  'CSV_NOT_TEXT',
  'LIMIT_CELL',
  'LIMIT_COLUMNS',
  'LIMIT_FILE',
  'LIMIT_HEADER',
  'LIMIT_LINE',
  'LIMIT_NAME',
  'LIMIT_RATIO',
  'MALFORMED_UNIT',
  'TEXT_MALFORMED',
];

/** The longest text that a person is asked to read. */
const LONGEST_MESSAGE = 1500;

/** What the judge knows of the file. One character per byte. */
export interface JudgedFile {
  /** Decompressed. */
  content: string;
  comment: string | null;
}

/** Everything that is wrong with an outcome, one sentence each; nothing for a file that was read or refused as the contract says. */
export function problemsOf(outcome: DecodeOutcome, file: JudgedFile): string[] {
  const { error, observation, findings } = outcome;
  if (error !== null) return 'untyped' in error ? [`untyped error: ${error.untyped}`] : errorProblems(error);
  return [
    ...[...findings, ...(observation?.findings ?? [])].flatMap(messageProblems),
    ...textProblems(outcome),
    ...countProblems(outcome),
    ...orderProblems(outcome),
    ...placeProblems(outcome, file.content),
    ...lossProblems(outcome, file),
  ];
}

/** An error has a code of the list, says that the file is to blame, and can be read by a person. */
export function errorProblems(error: CalveErrorData): string[] {
  const problems = messageProblems(error);
  if (!FILE_CODES.includes(error.code)) problems.push(`the code ${error.code} is not one for a bad file: ${error.message}`);
  if (error.recovery.kind !== 'fix-input') problems.push(`${error.code} has the recovery ${error.recovery.kind}, not fix-input`);
  return problems;
}

function messageProblems({ code, message }: Pick<Diagnostic, 'code' | 'message'>): string[] {
  const problems: string[] = [];
  if (message.length > LONGEST_MESSAGE) problems.push(`the message of ${code} has ${message.length} characters`);
  if (/\n\s+at |undefined|\[object|\bNaN\b/.test(message)) problems.push(`the message of ${code} is no plain text: ${message}`);
  if (/\p{Cc}/u.test(message.replaceAll('\n', '')))
    problems.push(`the message of ${code} has control characters: ${JSON.stringify(message)}`);
  if (!/[.!?]\)?$/.test(message.trim())) problems.push(`the message of ${code} is no sentence: ${message}`);
  return problems;
}

/** Cells are valid UTF-8, whatever the file has. */
function textProblems({ rows }: DecodeOutcome): string[] {
  const row = rows.find(({ cells }) => cells.includes(NOT_UTF8));
  return row === undefined ? [] : [`the record at byte ${row.byteOffset} has a cell that is not valid UTF-8`];
}

/** What was observed is what is decoded. */
function countProblems({ observation, rows, rejected }: DecodeOutcome): string[] {
  if (observation === null || observation.exactRows === undefined) return [];
  const { exactRows, rejectedRows } = observation;
  const decoded = rows.length + rejected.length;
  return [
    ...(exactRows === decoded ? [] : [`${exactRows} records were observed, ${decoded} decoded`]),
    ...(rejectedRows === rejected.length ? [] : [`${rejectedRows} rejected records were observed, ${rejected.length} decoded`]),
  ];
}

/** Records are numbered without gaps, in file order. */
function orderProblems({ rejected, rows }: DecodeOutcome): string[] {
  const records = rejected.map(({ position }) => position.record ?? -1);
  const isOrdered = records.every((record, at) => record > (records[at - 1] ?? 0) && record <= rows.length + rejected.length);
  return isOrdered ? [] : [`rejected records have the numbers ${records.join()} among ${rows.length + rejected.length}`];
}

/** The byte offset of every record points to its first byte, and its line is the number of line ends before it. */
function placeProblems({ rows, rejected, observation }: DecodeOutcome, content: string): string[] {
  const lineEnd = lineEndOf(observation?.facts);
  const lines = new LineCounter(content, lineEnd === 'CR' ? '\r' : '\n');
  const records = [
    ...rows.map(({ byteOffset, line, raw }) => ({ byteOffset, line, raw, truncated: false })),
    ...rejected.map(placed),
  ].sort((a, b) => a.byteOffset - b.byteOffset);
  for (const { byteOffset, line, raw, truncated } of records) {
    if (content.slice(byteOffset, byteOffset + raw.length) !== raw)
      return [`the bytes of the record at byte ${byteOffset} are ${JSON.stringify(raw.slice(0, 80))}, but others stand there`];
    const before = content.slice(0, byteOffset);
    if (!/(?:^|[\r\n]|^\xef\xbb\xbf)$/.test(before)) return [`byte ${byteOffset} is not at the beginning of a line`];
    if (truncated !== raw.length > 65_536 - 1 && truncated) return [`the record at byte ${byteOffset} is said to be truncated`];
    const counted = lines.lineAt(byteOffset);
    if (line !== counted) return [`the record at byte ${byteOffset} is said to be in line ${line}, it is in line ${counted}`];
  }
  return [];
}

function placed({ position, raw, truncated }: DecodedReject) {
  return { byteOffset: position.byteOffset ?? -1, line: position.line ?? -1, raw, truncated };
}

/** Between two records stands nothing but line ends and comments: no byte of data is lost, and none is read twice. */
function lossProblems(outcome: DecodeOutcome, { content, comment }: JudgedFile): string[] {
  const { rows, rejected, skipped } = outcome;
  const lineEnd = lineEndOf(outcome.observation?.facts);
  const records = [...rows, ...rejected.map(placed)].sort((a, b) => a.byteOffset - b.byteOffset);
  // What stands before the first record is the header and the preamble.
  let end = -1;
  for (const { byteOffset, raw } of [...records, { byteOffset: content.length, raw: '' }]) {
    if (end >= 0) {
      if (byteOffset < end) return [`the record at byte ${byteOffset} begins inside the one before it`];
      const between = content.slice(end, byteOffset);
      if (!isNothing(between, comment, lineEnd))
        return [
          `between byte ${end} and byte ${byteOffset} stands ${JSON.stringify(between.slice(0, 80))}, which is in no record`,
        ];
    }
    end = byteOffset + raw.length;
  }
  const isWholeHeader = records.length === 0 && (skipped['header'] ?? 0) + (skipped['preamble'] ?? 0) === 0;
  if (isWholeHeader && !isNothing(content.replace(/^\xef\xbb\xbf/, ''), comment, lineEnd))
    return ['the file has content, but nothing was read of it'];
  return [];
}

function isNothing(between: string, comment: string | null, lineEnd: string | null): boolean {
  // A comment ends where a line does: in a file with CR an LF is part of it.
  const lines = between.split(lineEnd === 'CR' ? '\r' : '\n').map((line) => line.replace(/^\n+|\r+$/g, ''));
  return lines.every((line) => line === '' || (comment !== null && line.startsWith(comment)));
}

function lineEndOf(facts: unknown): string | null {
  return (facts as { lineEnd?: string | null } | null)?.lineEnd ?? null;
}

/** Counts line ends once from the beginning to the end. Asked in ascending order. */
class LineCounter {
  readonly #content: string;
  readonly #end: string;
  #at = 0;
  #line = 1;

  constructor(content: string, end: string) {
    this.#content = content;
    this.#end = end;
  }

  lineAt(byteOffset: number): number {
    for (; this.#at < byteOffset; this.#at++) if (this.#content[this.#at] === this.#end) this.#line += 1;
    return this.#line;
  }
}
