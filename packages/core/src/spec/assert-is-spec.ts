import { describeIssue, receivedText } from './describe-issue.ts';
import { specInvalid } from './format-issues.ts';
import type { IngestionSpec } from './ingestion-spec.ts';
import type { SpecIssue } from './spec-issue.ts';

interface Member {
  name: keyof IngestionSpec;
  expected: string;
  fits(value: unknown): boolean;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What every spec has after parsing. The defaults among it are what hand-written JSON usually lacks. */
const MEMBERS: readonly Member[] = [
  { name: 'specVersion', expected: '1', fits: (value) => value === 1 },
  { name: 'id', expected: 'text', fits: (value) => typeof value === 'string' },
  { name: 'input', expected: 'an object', fits: isObject },
  { name: 'outputs', expected: 'at least 1 item', fits: (value) => Array.isArray(value) && value.length > 0 },
  { name: 'schema', expected: 'an object', fits: isObject },
  { name: 'limits', expected: 'an object', fits: isObject },
];

/**
 * Tells a spec that was built or parsed from anything else, by its outline only: a spec stays one on its way through JSON, so there is no
 * mark to look for. What is inside was checked when it was made.
 *
 * @throws {CalveError} `SPEC_INVALID` (fix-input): `context.issues` lists what is missing.
 */
export function assertIsSpec(value: unknown): asserts value is IngestionSpec {
  const issues = outlineIssues(value);
  if (issues.length > 0) throw specInvalid(issues);
}

function outlineIssues(value: unknown): SpecIssue[] {
  if (typeof value === 'object' && value !== null && 'build' in value) {
    return [notASpec('This is a builder: call .build() on it to get the spec.', 'a builder')];
  }
  if (!isObject(value)) {
    const received = receivedText(value, true);
    return [
      notASpec(`Found ${received} where a spec belongs: use calve.parse(json), or calve.ingestion(id) and .build().`, received),
    ];
  }
  const members = value as Record<string, unknown>;
  const wrong = MEMBERS.filter(({ name, fits }) => !fits(members[name])).map(({ name, expected }) =>
    describeIssue({ code: 'SPEC_INVALID', path: `/${name}`, expected, received: receivedText(members[name], true) }),
  );
  if (wrong.length === 0) return [];
  return [notASpec('This was neither built nor parsed by Calve: use calve.parse(json).', 'an object'), ...wrong];
}

function notASpec(message: string, received: string): SpecIssue {
  return { code: 'SPEC_INVALID', path: '', message, expected: 'a spec that Calve built or parsed', received };
}
