import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import { toldOptions } from './told-options.ts';

/** Where a spec that names its format has the options of it. */
const OPTIONS = '/input/format/options/';

interface Operation {
  op: string;
  path: string;
  value?: Json;
}

/**
 * Makes the patches of a format fit the spec. A format writes them for a spec that names it (`add /input/format/options/delimiter`); where formats
 * are detected, the options have a place of their own below each format, so that files of other formats are read as before. Pure.
 *
 * @param name Key of the format that the file was read with.
 */
export function settleFixes(finding: Diagnostic, format: InputSpec['format'], name: string): Diagnostic {
  if (finding.fixes === undefined || (format !== 'detect' && 'name' in format)) return finding;
  const fixes = finding.fixes.map(({ title, specPatch }) => ({ title, specPatch: detecting(specPatch, format, name) }));
  return { ...finding, fixes };
}

function detecting(specPatch: readonly Json[], format: InputSpec['format'], name: string): Json[] {
  const operations = specPatch as readonly unknown[] as readonly Operation[];
  const isOption = ({ path }: Operation): boolean => path.startsWith(OPTIONS);
  const others = operations.filter((operation) => !isOption(operation)) as unknown as Json[];
  if (others.length === operations.length) return others;
  const options: Record<string, Json> = { ...toldOptions(format, name) };
  for (const { op, path, value } of operations.filter(isOption)) {
    const option = path.slice(OPTIONS.length);
    if (op === 'remove' || value === undefined) delete options[option];
    else options[option] = value;
  }
  const isWord = format === 'detect';
  return [
    ...others,
    isWord
      ? { op: 'replace', path: '/input/format', value: { detect: { [name]: options } } }
      : { op: 'add', path: jsonPointer(['input', 'format', 'detect', name]), value: options },
  ];
}
