const legalStart = /[A-Za-z_]/;
const legal = /[A-Za-z0-9_]/;

/**
 * A legal Avro name for a field, as Iceberg makes it: a leading digit gets `_` before it, any other illegal UTF-16 unit becomes
 * `_x` and its code in upper-case hexadecimal. Letters outside ASCII are escaped too: strict readers refuse them.
 *
 * @see `AvroSchemaUtil.sanitize` of Apache Iceberg 1.11.0
 */
export function avroName(name: string): string {
  let result = '';
  for (let at = 0; at < name.length; at += 1) {
    const unit = name[at] as string;
    if (at === 0 && /[0-9]/.test(unit)) result += `_${unit}`;
    else if ((at === 0 ? legalStart : legal).test(unit)) result += unit;
    else result += `_x${unit.charCodeAt(0).toString(16).toUpperCase()}`;
  }
  return result === '' ? '_' : result;
}
