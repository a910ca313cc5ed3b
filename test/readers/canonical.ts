/** Canonical texts (README.md) of JavaScript values, for tests that state what a reader must answer. */

const bits = new DataView(new ArrayBuffer(8));

/** The 16 hexadecimal digits of a double. Every NaN is the same. */
export function float64Text(value: number): string {
  bits.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

/** The 8 hexadecimal digits of the float that is nearest. */
export function float32Text(value: number): string {
  bits.setFloat32(0, value);
  return bits.getUint32(0).toString(16).padStart(8, '0');
}

/** `12.50` from 1250 and scale 2. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-scale)}`;
}

/** `2024-02-29` from days since 1970-01-01; years 0 to 9999. */
export function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** `2024-02-29T12:30:00.000001` from microseconds since 1970-01-01 00:00, with a `Z` when they are UTC; years 0 to 9999. */
export function timestampText(micros: bigint, zone: 'utc' | 'none'): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (micros - fraction) / 1_000_000n;
  const text = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  return `${text}.${fraction.toString().padStart(6, '0')}${zone === 'utc' ? 'Z' : ''}`;
}

/** Base64 of bytes. */
export function binaryText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
