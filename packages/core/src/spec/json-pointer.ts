/** One step into a JSON value: a member name or a list index. */
export type Segment = string | number;

/** A JSON Pointer (RFC 6901). No segments: the empty pointer, which names the whole value. */
export function jsonPointer(segments: readonly Segment[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps that a JSON Pointer names, as text: `jsonPointer(pointerSegments(pointer))` is `pointer`. */
export function pointerSegments(pointer: string): string[] {
  return pointer.split('/').slice(1).map(pointerSegment);
}

/** One step as a JSON Pointer writes it, read. */
export function pointerSegment(written: string): string {
  return written.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The value at a place, or `undefined` where the value has no such place. Inherited members do not count. */
export function valueAt(value: unknown, segments: readonly Segment[]): unknown {
  let current = value;
  for (const segment of segments) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<Segment, unknown>)[segment];
  }
  return current;
}
