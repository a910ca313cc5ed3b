import * as z from '../context/option-language.ts';
import type { Json } from '../json/json.ts';
import { canBeSaid, checkExecutable, executableValues } from './check-executable.ts';
import { checkModes } from './check-modes.ts';
import { checkOutputs } from './check-outputs.ts';
import { checkReadings } from './check-readings.ts';
import { copyPlainJson } from './copy-plain-json.ts';
import { deepFreeze } from './deep-freeze.ts';
import { describeZodIssue, type IssueSubject } from './describe-zod-issue.ts';
import type { IngestionSpec } from './ingestion-spec.ts';
import { ingestionSpecSchema } from './ingestion-spec-schema.ts';
import { resolveReferences } from './resolve-references.ts';
import type { SpecIssue } from './spec-issue.ts';
import type { SpecRegistry } from './spec-registry.ts';

/**
 * Turns anything into a spec that can be planned, or says everything that is wrong with it.
 *
 * The spec is deeply frozen and independent of `value`; defaults are filled in and the options of plugins are what their schemas gave
 * back. Parsing the spec again, also after a way through JSON text, gives an equal one. Pure.
 *
 * @param value Parsed JSON, or a plain object; members that are `undefined` count as absent.
 * @param registry The plugins that may be named.
 * @returns At least one issue when there is no spec.
 * @throws {CalveError} `CONFIGURATION_INVALID` (report): a plugin's validator is asynchronous, throws, or gives values that are not
 *   plain JSON.
 */
export function parseIngestionSpec(value: unknown, registry: SpecRegistry): { spec: IngestionSpec } | { issues: SpecIssue[] } {
  const draft = copyPlainJson(value);
  const references = resolveReferences(draft.value, registry);
  const language = parseLanguage(draft.value);
  // One problem, one issue: where a value is no JSON or the language refuses it, later checks have nothing to add.
  const unsupported = checkExecutable(draft.value);
  // How to say something right is no help where it cannot be said at all yet.
  const unusable = unsupported.filter(({ expected }) => expected === 'nothing').map(({ path }) => `${path}/`);
  const sayable = language.issues.filter(({ path }) => !unusable.some((place) => `${path}/`.startsWith(place)));
  const issues = [...draft.issues];
  const readings = checkReadings(draft.value, language.issues);
  for (const found of [sayable, references, checkOutputs(draft.value), checkModes(draft.value), unsupported, readings]) {
    const known = new Set(issues.map((issue) => issue.path));
    issues.push(...found.filter((issue) => !known.has(issue.path)));
  }
  if (issues.length > 0 || language.spec === undefined) return { issues };
  return { spec: deepFreeze(language.spec) };
}

function parseLanguage(value: Json): { spec?: IngestionSpec; issues: SpecIssue[] } {
  // An issue names the unknown members but not the known ones. Its list of keys is the same object in both places. No words of zod's: a
  // message that is not empty is a phrase of the schema's own.
  const known = new WeakMap<object, string[]>();
  const result = ingestionSpecSchema.safeParse(value, {
    jitless: true,
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        known.set(issue.keys as string[], Object.keys(issue.inst.shape));
      }
      return '';
    },
  });
  if (result.success) return { spec: result.data, issues: [] };
  const knownKeys: IssueSubject['knownKeys'] = (issue, path) =>
    ((issue.keys && known.get(issue.keys)) ?? []).filter((key) => canBeSaid([...path, key]));
  const subject: IssueSubject = { code: 'SPEC_INVALID', value, base: [], knownKeys, works: executableValues };
  return { issues: result.error.issues.flatMap((issue) => describeZodIssue(issue, subject)) };
}
