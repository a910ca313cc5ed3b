import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';

/** Where a spec that names its format has the options of it. */
const OPTIONS = '/input/format/options/';

interface Operation {
  op: string;
  path: string;
  value?: Json;
}

/**
 * Makes the patches of a format fit the spec. A format writes them for a spec that names it (`add /input/format/options/delimiter`); in a spec that
 * says `detect` there is no such place, so the patch names the format first. Pure.
 *
 * @param name Key of the format that the file was read with.
 */
export function settleFixes(finding: Diagnostic, format: InputSpec['format'], name: string): Diagnostic {
  if (format !== 'detect' || finding.fixes === undefined) return finding;
  const fixes = finding.fixes.map(({ title, specPatch }) => ({ title, specPatch: namingFormat(specPatch, name) }));
  return { ...finding, fixes };
}

function namingFormat(specPatch: readonly Json[], name: string): Json[] {
  const operations = specPatch as readonly unknown[] as readonly Operation[];
  const isOption = ({ path }: Operation): boolean => path.startsWith(OPTIONS);
  const others = operations.filter((operation) => !isOption(operation)) as unknown as Json[];
  if (others.length === operations.length) return others;
  const options: Record<string, Json> = {};
  for (const { op, path, value } of operations.filter(isOption)) {
    // What is to be removed is not there: nobody has said it.
    if (op !== 'remove' && value !== undefined) options[path.slice(OPTIONS.length)] = value;
  }
  return [...others, { op: 'replace', path: '/input/format', value: { name, options } }];
}
