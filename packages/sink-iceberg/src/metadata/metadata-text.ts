import { exactJsonText } from './exact-json.ts';
import type { TableMetadata } from './table-metadata.ts';

/** Members of a list are never changed once they are part of metadata, so their text is made once: a table has as many snapshots as commits. */
const texts = new WeakMap<object, string>();

/** The text of a metadata file: the same as `exactJsonText`, at the cost of what is new in it. */
export function metadataText(metadata: TableMetadata): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(metadata)) {
    if (value === undefined) continue;
    members.push(`${JSON.stringify(name)}:${Array.isArray(value) ? listText(value) : exactJsonText(value)}`);
  }
  return `{${members.join(',')}}`;
}

function listText(list: readonly unknown[]): string {
  return `[${list.map((member) => (typeof member === 'object' && member !== null ? memberText(member) : exactJsonText(member))).join(',')}]`;
}

function memberText(member: object): string {
  const known = texts.get(member);
  if (known !== undefined) return known;
  const text = exactJsonText(member);
  texts.set(member, text);
  return text;
}
