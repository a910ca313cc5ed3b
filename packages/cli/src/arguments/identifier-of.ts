const LONGEST = 64;

/**
 * The name of a folder as the name of a table and of an ingestion: letters, digits and `_`, no digit first, at most 64. Accents are dropped,
 * everything else that does not fit becomes `_`.
 *
 * @returns null: nothing is left of the name.
 *
 * @example
 * identifierOf('2024 Aufträge'); // => '_2024_Auftrage'
 */
export function identifierOf(name: string): string | null {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) return name;
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '');
  const words = plain.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '');
  if (words === '') return null;
  return `${/^\d/.test(words) ? '_' : ''}${words}`.slice(0, LONGEST);
}
