import type { Json } from '../json/json.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';

/** What a spec itself says of the options of one format, whether it names that format or has formats detected; nothing else is in it. */
export function toldOptions(format: InputSpec['format'], name: string): Readonly<Record<string, Json>> {
  if (format === 'detect') return {};
  const told = 'detect' in format ? ownMember(format.detect, name) : format.name === name ? format.options : undefined;
  return isObject(told) ? told : {};
}

/** The words that mean null in files of one format, as far as the spec says so. */
export function toldNulls(format: InputSpec['format'], name: string): string[] {
  const { nulls } = toldOptions(format, name);
  return Array.isArray(nulls) ? nulls.filter((word): word is string => typeof word === 'string') : [];
}

function ownMember(options: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
