/** Members of Iceberg's JSON that are 64-bit integers: always `bigint`, small or large. */
const int64Members = new Set([
  'snapshot-id',
  'parent-snapshot-id',
  'current-snapshot-id',
  'sequence-number',
  'last-sequence-number',
  'timestamp-ms',
  'last-updated-ms',
  'first-row-id',
  'next-row-id',
  'added-rows',
  'file-size-in-bytes',
  'file-footer-size-in-bytes',
  'max-ref-age-ms',
  'max-snapshot-age-ms',
]);

const integer = /^-?\d+$/;

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * Parses Iceberg's JSON without losing a digit: the known 64-bit members become `bigint`, and so does every other integer that a
 * double cannot hold.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const reviver: Reviver = (key, value, { source }) => {
    if (key === 'snapshot-ids' && Array.isArray(value)) return value.map((id) => BigInt(id as number | bigint));
    if (typeof value !== 'number' || source === undefined || !integer.test(source)) return value;
    return int64Members.has(key) || !Number.isSafeInteger(value) ? BigInt(source) : value;
  };
  return JSON.parse(text, reviver as (this: unknown, key: string, value: unknown) => unknown);
}

/** The JSON text of a value; `bigint` becomes bare digits. */
export function exactJsonText(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? rawJson(member.toString()) : member));
}

// In Node since 22; TypeScript's library does not declare it yet.
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
