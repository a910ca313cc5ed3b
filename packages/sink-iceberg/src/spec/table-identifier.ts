/** Name of a table in a catalog. */
export interface TableIdentifier {
  /** One or more levels, outermost first. */
  namespace: readonly string[];
  name: string;
}

/** How people write a name: `sales.orders`. */
export function identifierText(identifier: TableIdentifier): string {
  return [...identifier.namespace, identifier.name].join('.');
}

/** The identifier that a text names. The text is valid by `tableNameIssue`. */
export function parseIdentifier(text: string): TableIdentifier {
  const levels = text.split('.');
  return { namespace: levels.slice(0, -1), name: levels.at(-1) as string };
}

// Every level becomes a folder in a location that other engines read as a URI without decoding it.
const refused = /[\p{Cc}/\\?#%:*"<>|]/u;

/**
 * What is wrong with a table name, in plain words; `null` when it can be used.
 *
 * @param text `namespace.name`; a namespace may have several levels.
 */
export function tableNameIssue(text: string): string | null {
  const levels = text.split('.');
  if (levels.length < 2) return `"${text}" has no namespace; write it as namespace.name, such as default.${text || 'orders'}`;
  for (const level of levels) {
    if (level.trim() === '') return `"${text}" has an empty level; levels are separated by single dots`;
    if (level !== level.trim()) return `"${text}" has a level that begins or ends with a space`;
    const character = refused.exec(level)?.[0];
    if (character !== undefined) return `"${text}" contains ${JSON.stringify(character)}, which no name of a table may contain`;
  }
  if (levels.slice(0, -1).join('.').length > 255 || (levels.at(-1) as string).length > 255)
    return `"${text.slice(0, 40)}…" is longer than 255 characters`;
  return null;
}
