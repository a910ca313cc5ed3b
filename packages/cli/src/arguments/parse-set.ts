import type { Json } from '@calve/core/plugin';
import { pointerSegments } from '@calve/core/plugin';
import { shellWord } from '../render/shell-word.ts';
import { argumentError } from './argument-error.ts';

/** One `--set`: a value and its place in the spec. */
export interface GivenValue {
  /** The option as it was given, for messages: `--set /input/onChanged=append`. */
  option: string;
  /** Member names, and places in lists. */
  path: string[];
  value: Json;
}

const EXAMPLE = 'such as /input/onChanged=append';

/**
 * A text such as `/input/onChanged=append`: a JSON Pointer (RFC 6901), `=`, and a value, which is JSON where it parses as JSON and otherwise
 * text. A pointer that holds `=` itself is written as a URI fragment (`#/outputs/0/columns/a%3Db/trim=true`, section 6).
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): it is no pointer, or no value.
 */
export function parseSet(text: string): GivenValue {
  const option = `--set ${shellWord(text)}`;
  const equals = text.indexOf('=');
  const written = equals === -1 ? text : text.slice(0, equals);
  const pointer = pointerOf(written);
  if (pointer === null || !/^(\/([^~]|~[01])*)+$/.test(pointer)) {
    throw argumentError(`${option}: "${written}" is no place in the spec; write /<member>/<member>=<value>, ${EXAMPLE}.`);
  }
  if (equals === -1) throw argumentError(`${option}: the value is missing; write <place>=<value>, ${EXAMPLE}.`);
  return { option, path: pointerSegments(pointer), value: parsedValue(text.slice(equals + 1)) };
}

/** The option that sets a value, as it can be typed into a POSIX shell; `parseSet` reads it. */
export function setOption(pointer: string, value: Json): string {
  const place = pointer.includes('=') ? `#${encodeURI(pointer).replaceAll('=', '%3D')}` : pointer;
  return `--set ${shellWord(`${place}=${typeof value === 'string' && isPlainText(value) ? value : JSON.stringify(value)}`)}`;
}

function pointerOf(written: string): string | null {
  if (!written.startsWith('#')) return written;
  try {
    return decodeURIComponent(written.slice(1));
  } catch {
    // A lone `%`: it is no URI fragment, and the caller says so.
    return null;
  }
}

function parsedValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Whatever is no JSON is text.
    return text;
  }
}

function isPlainText(text: string): boolean {
  return parsedValue(text) === text;
}
