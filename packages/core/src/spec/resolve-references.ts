import type { Json } from '../json/json.ts';
import { alternatives, suggestionFor } from './describe-issue.ts';
import { jsonPointer, type Segment, valueAt } from './json-pointer.ts';
import type { SpecIssue } from './spec-issue.ts';
import type { PluginLike, SpecRegistry } from './spec-registry.ts';
import { validateOptions } from './validate-options.ts';

/** Of the language; another word is refused there. */
const MODES = ['append', 'overwrite-partitions', 'overwrite-table', 'merge'];

/**
 * Looks up every source, format and sink that a spec names and puts the validated options, defaults filled in, in the place of what
 * the user wrote. Reads what is well formed and passes over the rest, which is the schema's business.
 *
 * @param draft A copy of the spec that belongs to the caller; it is changed.
 */
export function resolveReferences(draft: Json, registry: SpecRegistry): SpecIssue[] {
  const issues = resolve(draft, ['input'], 'source', 'source', registry.sources);
  const format = valueAt(draft, ['input', 'format']);
  if (isObject(format)) {
    if (Object.hasOwn(format, 'detect')) issues.push(...checkDetected(valueAt(format, ['detect']), registry));
    else issues.push(...resolve(draft, ['input', 'format'], 'name', 'format', registry.formats));
  }
  const outputs = valueAt(draft, ['outputs']);
  if (!Array.isArray(outputs)) return issues;
  for (const index of outputs.keys()) {
    issues.push(...resolve(draft, ['outputs', index], 'sink', 'sink', registry.sinks));
    issues.push(...checkMode(draft, index, registry));
  }
  return issues;
}

function resolve(
  draft: Json,
  owner: readonly Segment[],
  member: string,
  kind: string,
  registered: Readonly<Record<string, PluginLike>>,
): SpecIssue[] {
  const place = valueAt(draft, owner);
  const name = valueAt(place, [member]);
  if (!isObject(place) || typeof name !== 'string' || name === '') return [];
  const plugin = Object.hasOwn(registered, name) ? registered[name] : undefined;
  if (plugin === undefined) return [unknownName(jsonPointer([...owner, member]), kind, name, Object.keys(registered))];
  const answer = validateOptions(plugin, (place['options'] ?? {}) as Json, [...owner, 'options']);
  if ('issues' in answer) return answer.issues;
  place['options'] = answer.value;
  return [];
}

/** Options of formats that are to be detected stay as the user wrote them: a default that is filled in would win over what is guessed. */
function checkDetected(detect: unknown, { formats }: SpecRegistry): SpecIssue[] {
  if (!isObject(detect)) return [];
  return Object.entries(detect).flatMap(([name, options]) => {
    const at = ['input', 'format', 'detect', name];
    const plugin = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (plugin === undefined) return [unknownName(jsonPointer(at), 'format', name, Object.keys(formats))];
    const answer = validateOptions(plugin, options as Json, at);
    return 'issues' in answer ? answer.issues : [];
  });
}

function unknownName(path: string, kind: string, name: string, known: string[]): SpecIssue {
  const expected = known.length === 0 ? `a registered ${kind}; none is registered` : alternatives(known);
  const list = known.length === 0 ? `No ${kind} is registered.` : `Registered: ${alternatives(known)}.`;
  const message = `There is no ${kind} ${JSON.stringify(name)}.${suggestionFor(name, known)} ${list}`;
  return { code: 'SPEC_UNKNOWN_NAME', path, message, expected, received: JSON.stringify(name), known };
}

/** What a sink cannot do, with what it can. */
function checkMode(draft: Json, index: number, registry: SpecRegistry): SpecIssue[] {
  const name = valueAt(draft, ['outputs', index, 'sink']);
  const mode = valueAt(draft, ['outputs', index, 'mode', 'kind']) ?? 'append';
  const sink = typeof name === 'string' && Object.hasOwn(registry.sinks, name) ? registry.sinks[name] : undefined;
  if (sink === undefined || typeof mode !== 'string') return [];
  const issues: SpecIssue[] = [];
  const refuse = (at: Segment[], received: string, what: string, known: string[]): void => {
    const message = `The sink ${JSON.stringify(name)} cannot ${what}; it can: ${alternatives(known)}.`;
    issues.push({ code: 'SPEC_UNSUPPORTED', path: jsonPointer(at), message, expected: alternatives(known), received, known });
  };
  if (MODES.includes(mode) && !sink.modes.includes(mode))
    refuse(['outputs', index, 'mode', 'kind'], JSON.stringify(mode), `commit in mode ${JSON.stringify(mode)}`, [...sink.modes]);
  if (index === 0 && valueAt(draft, ['input', 'onChanged']) === 'replace' && sink.replacesFiles !== true)
    refuse(['input', 'onChanged'], '"replace"', 'replace the rows of a file', ['hold', 'ignore', 'append']);
  return issues;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
