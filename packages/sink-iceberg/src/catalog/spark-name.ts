/** A name in Spark SQL, each part in backticks where Spark asks for it: ``calve.sales.`my orders` ``. Pure. */
export function sparkName(parts: readonly string[]): string {
  return parts.map((part) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? part : `\`${part.replaceAll('`', '``')}\``)).join('.');
}
