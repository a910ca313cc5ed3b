import type { StandardResult } from '../context/plugin.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import { copyPlainJson } from './copy-plain-json.ts';
import { describeZodIssue, type IssueSubject, type ZodLikeIssue } from './describe-zod-issue.ts';
import { jsonPointer, type Segment, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';
import type { PluginLike } from './spec-registry.ts';

/**
 * Asks a plugin whether its options are right.
 *
 * @param at Place of the options in the spec, for the issues.
 * @returns The options as the plugin wants them, defaults filled in, as a copy; or every issue, code `OPTIONS_INVALID`.
 * @throws {CalveError} `CONFIGURATION_INVALID` (report): the plugin's validator is asynchronous, throws, or gives values that
 *   are not plain JSON.
 */
export function validateOptions(
  plugin: PluginLike,
  options: Json,
  at: readonly Segment[],
): { value: Json } | { issues: SpecIssue[] } {
  const result = callValidator(plugin, options, at);
  if (result.issues === undefined) return { value: plainOutput(result.value, at) };
  const properties = valueAt(plugin.options.jsonSchema, ['properties']);
  const subject: IssueSubject = {
    code: 'OPTIONS_INVALID',
    value: options,
    base: at,
    knownKeys: (_, path) => (path.length === 0 && properties ? Object.keys(properties) : []),
  };
  // The members of an issue beyond message and path are the vendor's own; zod's are read for better words.
  const isZod = plugin.options['~standard'].vendor === 'zod';
  return {
    issues: result.issues.flatMap(({ message, path, ...more }) =>
      describeZodIssue({ ...((isZod ? more : {}) as Partial<ZodLikeIssue>), message, path: path?.map(plainKey) }, subject),
    ),
  };
}

function callValidator(plugin: PluginLike, options: Json, at: readonly Segment[]): StandardResult<unknown> {
  let result: ReturnType<PluginLike['options']['~standard']['validate']>;
  try {
    result = plugin.options['~standard'].validate(options);
  } catch (cause) {
    throw brokenValidator(at, 'threw an error instead of listing issues', cause);
  }
  if (!('then' in result)) return result;
  // Nobody waits for the answer, so a rejection must not end the process as an unhandled one.
  void result.then(undefined, () => undefined);
  throw brokenValidator(at, 'answered with a Promise; it has to answer at once');
}

function plainOutput(value: unknown, at: readonly Segment[]): Json {
  const copy = copyPlainJson(value, at);
  const [first] = copy.issues;
  if (first !== undefined) throw brokenValidator(at, `gave a value that is not plain JSON at ${first.path}`);
  return copy.value;
}

function brokenValidator(at: readonly Segment[], what: string, cause?: unknown): CalveError {
  const path = jsonPointer(at);
  return new CalveError('CONFIGURATION_INVALID', `The plugin's validator of the options at ${path} ${what}.`, {
    recovery: 'report',
    context: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}

function plainKey(key: PropertyKey | { readonly key: PropertyKey }): PropertyKey {
  return typeof key === 'object' ? key.key : key;
}
