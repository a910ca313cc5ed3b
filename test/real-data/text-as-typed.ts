import { float64Text } from '../readers/canonical.ts';

/**
 * What a reader must show for a text of a file, in the canonical form of the readers, when its column has this type. Written on its own,
 * from the meaning of the types, so that it can judge the projection.
 *
 * @param type In Calve's words: `decimal(18,2)`, `timestamp (UTC)`.
 * @param text null where nothing stands between two delimiters, `''` where two quotes stand.
 */
export function textAsTyped(type: string, text: string | null): string | null {
  if (text === null) return null;
  if (type === 'string') return text;
  if (text === '') return null;
  const decimal = /^decimal\(\d+,(\d+)\)$/.exec(type);
  if (decimal) return decimalOf(text, Number(decimal[1]));
  switch (type) {
    case 'int64':
      return BigInt(text).toString();
    case 'float64':
      return float64Text(Number(text));
    case 'boolean':
      return text.toLowerCase();
    case 'date':
      return text;
    case 'timestamp':
      return micros(text);
    case 'timestamp (UTC)':
      return `${micros(new Date(text.replace(' ', 'T')).toISOString().replace('Z', ''))}Z`;
    default:
      throw new Error(`No text of a file becomes ${type}.`);
  }
}

function decimalOf(text: string, scale: number): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (whole + fraction === '') throw new Error(`${text} is no decimal.`);
  const digits = `${whole || '0'}${scale > 0 ? '.' : ''}${fraction.padEnd(scale, '0')}`;
  return /[1-9]/.test(digits) ? sign + digits : digits;
}

function micros(text: string): string {
  const [moment = '', fraction = ''] = text.replace(' ', 'T').split('.');
  return `${moment}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}
