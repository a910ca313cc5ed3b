import type { Environment } from '@calve/core/plugin';

/** A random UUID, version 4. @see RFC 9562, section 5.4 */
export function randomUuid(environment: Pick<Environment, 'random'>): string {
  const bytes = Uint8Array.from(environment.random(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const digits = Buffer.from(bytes).toString('hex');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}
