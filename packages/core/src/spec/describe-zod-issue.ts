import { alternatives, counted, describeIssue, receivedText, suggestionFor } from './describe-issue.ts';
import { jsonPointer, type Segment, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';

/**
 * The members of a zod 4 issue that are read here. A validator of another vendor gives `message` and `path` only. A refinement says what
 * would be right with a message such as `expected one ASCII character`, or with `params.expected` beside a message of other words.
 */
export interface ZodLikeIssue {
  message: string;
  path?: readonly PropertyKey[] | undefined;
  code?: string | undefined;
  expected?: unknown;
  values?: readonly unknown[];
  options?: readonly unknown[];
  keys?: readonly string[];
  errors?: readonly (readonly ZodLikeIssue[])[];
  issues?: readonly ZodLikeIssue[];
  /** Given by the author of a refinement. */
  params?: Readonly<Record<string, unknown>> | undefined;
  origin?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  inclusive?: unknown;
}

/** What the issues of one validator are about. */
export interface IssueSubject {
  code: 'SPEC_INVALID' | 'OPTIONS_INVALID';
  /** The value that was validated. */
  value: unknown;
  /** Its place in the spec. */
  base: readonly Segment[];
  /** The member names allowed where an unknown one was found, if they can be told. */
  knownKeys(issue: ZodLikeIssue, path: readonly Segment[]): readonly string[];
  /** The values that work at a place, where the schema allows more than that. */
  works?(path: readonly Segment[]): readonly string[] | null;
}

const WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

/** One zod issue as spec issues: unknown members become one each, a union the issues of the branch that was meant. */
export function describeZodIssue(issue: ZodLikeIssue, subject: IssueSubject, within: readonly Segment[] = []): SpecIssue[] {
  const path = [...within, ...(issue.path ?? []).map(toSegment)];
  const at = [...subject.base, ...path];
  if (issue.code === 'unrecognized_keys' && issue.keys !== undefined) {
    const known = subject.knownKeys(issue, path);
    return issue.keys.map((key) => unknownMember(subject.code, [...at, key], key, known));
  }
  if (issue.code === 'invalid_union' && issue.errors !== undefined) {
    const meant = branchMeant(issue.errors);
    if (meant) return meant.flatMap((inner) => describeZodIssue(inner, subject, path));
  }
  const value = issue.code === 'invalid_key' ? String(path.at(-1)) : valueAt(subject.value, path);
  const known = choicesOf(issue, subject.works?.(path) ?? null);
  const received = receivedText(value, subject.code === 'OPTIONS_INVALID' && known === undefined);
  const expected = known ? alternatives(known) : expectedBy(issue, subject.code === 'SPEC_INVALID');
  if (expected === null) {
    const right = issue.params?.['expected'];
    const told = typeof right === 'string' ? { expected: right } : {};
    return [{ code: subject.code, path: jsonPointer(at), message: sentence(issue.message), ...told, received }];
  }
  return [
    describeIssue({
      code: subject.code,
      path: jsonPointer(at),
      expected,
      received,
      meant: value,
      ...(known ? { known: [...known] } : {}),
    }),
  ];
}

/** The values to choose from; none where the issue is not about a choice. */
function choicesOf(issue: ZodLikeIssue, works: readonly string[] | null): readonly string[] | undefined {
  if (issue.code !== 'invalid_value' && issue.code !== 'invalid_union') return undefined;
  if (works !== null) return works;
  const choices = issue.values ?? issue.options;
  return choices?.every((choice) => typeof choice === 'string') ? (choices as string[]) : undefined;
}

function unknownMember(code: SpecIssue['code'], at: Segment[], key: string, known: readonly string[]): SpecIssue {
  const listed = known.length === 0 ? 'no such member' : alternatives(known);
  const message = `There is no member ${JSON.stringify(key)} here.${suggestionFor(key, known)}`;
  const rest = known.length === 0 ? '' : ` Known: ${listed}.`;
  const issue = { code, path: jsonPointer(at), message: message + rest, expected: listed, received: JSON.stringify(key) };
  return known.length === 0 ? issue : { ...issue, known: [...known] };
}

/**
 * The phrase after "expected", or `null` when only the validator's own sentence tells.
 *
 * @param hasOwnPhrases A message is such a phrase, and empty where the schema gives none.
 */
function expectedBy(issue: ZodLikeIssue, hasOwnPhrases: boolean): string | null {
  if (hasOwnPhrases && issue.message !== '') return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return WORDS[String(issue.expected)] ?? String(issue.expected);
    case 'invalid_value':
      return alternatives(issue.values as string[]);
    case 'invalid_union':
      if (issue.options !== undefined) return alternatives(issue.options as string[]);
      return unionPhrase(issue.errors ?? [], hasOwnPhrases);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${sizeText(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${sizeText(issue.maximum, issue.origin)}`;
    case 'invalid_key':
      return `a name with ${issue.issues?.[0] ? expectedBy(issue.issues[0], hasOwnPhrases) : 'other characters'}`;
    default:
      return hasOwnPhrases ? 'another value' : refinedPhrase(issue);
  }
}

function unionPhrase(branches: readonly (readonly ZodLikeIssue[])[], hasOwnPhrases: boolean): string | null {
  const phrases = branches.map((branch) => branch[0] && expectedBy(branch[0], hasOwnPhrases));
  return [...new Set(phrases)].join(', or ') || null;
}

/** What a plugin's own `expected one ASCII character` names. */
function refinedPhrase(issue: ZodLikeIssue): string | null {
  if (issue.code !== 'custom' && issue.code !== 'invalid_format') return null;
  return /^expected (.+?)[.!]?$/i.exec(issue.message)?.[1] ?? null;
}

function sizeText(size: unknown, origin: unknown): string {
  if (origin === 'string') return counted(size, 'character');
  return origin === 'array' || origin === 'set' ? counted(size, 'item') : String(size);
}

/** The branch that takes this kind of value with the fewest issues; of several the last one, where unions have what people mean most often. */
function branchMeant(branches: readonly (readonly ZodLikeIssue[])[]): readonly ZodLikeIssue[] | undefined {
  const taking = branches.filter((branch) => !branch.some(refusesWholeValue));
  const fewest = Math.min(...taking.map((branch) => branch.length));
  return taking.findLast((branch) => branch.length === fewest);
}

/** True when a branch of a union does not even take this kind of value. */
function refusesWholeValue(issue: ZodLikeIssue): boolean {
  return (issue.path?.length ?? 0) === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function toSegment(key: PropertyKey): Segment {
  return typeof key === 'number' ? key : String(key);
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
