import type { Environment } from '../env/environment.ts';
import { hexadecimal } from '../source/hashing-reader.ts';
import type { InputUnit } from '../source/input-unit.ts';
import type { BundleUnit } from './support-bundle.ts';

/** Endings that say how a file is read, and nothing of whom it is about. */
const ENDINGS =
  /(?:\.(?:csv|tsv|psv|txt|dat|json|jsonl|ndjson|parquet|avro|orc|xml|xls|xlsx|log))?(?:\.(?:gz|zst|zip|bz2|xz))?$/i;

/**
 * Names that can be shown: the same thing has the same label in every bundle of one state, and two things have different ones. A label is made
 * with something that is not in the bundle, so whoever guesses a name cannot check the guess.
 */
export class BundleLabels {
  readonly #environment: Pick<Environment, 'sha256'>;
  readonly #salt: string;
  readonly #areNamesKept: boolean;

  /** @param salt Belongs to the state, and is not in the bundle. */
  constructor(environment: Pick<Environment, 'sha256'>, salt: string, areNamesKept: boolean) {
    this.#environment = environment;
    this.#salt = salt;
    this.#areNamesKept = areNamesKept;
  }

  /** A label for any text. */
  of(text: string): string {
    const hash = this.#environment.sha256();
    hash.update(new TextEncoder().encode(`${this.#salt}\0${text}`));
    return hexadecimal(hash.digest()).slice(0, 12);
  }

  /** A version of a file; null: it is none. */
  unit(unit: InputUnit): BundleUnit | null {
    if (unit.kind !== 'object') return null;
    const { uri, place, fingerprint, key, sizeBytes, modifiedAt } = unit;
    const labels = { place: this.of(`place ${place}`), content: this.of(`content ${fingerprint}`), key: this.of(`key ${key}`) };
    return { file: this.#file(uri), ...labels, sizeBytes, modifiedAt };
  }

  /** The label of a unit of which only the key is known. */
  key(key: string): string {
    return this.of(`key ${key}`);
  }

  #file(uri: string): string {
    const name = uri.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '';
    if (this.#areNamesKept) return name.slice(0, 255);
    return `file-${this.of(`file ${uri}`)}${(ENDINGS.exec(name)?.[0] ?? '').toLowerCase()}`;
  }
}
