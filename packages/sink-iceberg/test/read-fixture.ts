import { readFileSync } from 'node:fs';

/** Bytes of a file in `fixtures/iceberg`. */
export function fixtureBytes(name: string): Uint8Array {
  return readFileSync(new URL(`./fixtures/iceberg/${name}`, import.meta.url));
}

/** Text of a file in `fixtures/iceberg`. */
export function fixtureText(name: string): string {
  return new TextDecoder().decode(fixtureBytes(name));
}

/** The JSON of a file in `fixtures/iceberg`; integers that a double cannot hold lose digits. */
export function fixtureJson<T>(name: string): T {
  return JSON.parse(fixtureText(name)) as T;
}
