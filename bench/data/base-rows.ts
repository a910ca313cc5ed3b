import { Random } from './random.ts';

/** One order with its values as text, the way a file writes them; null where there is none. */
export interface BaseRow {
  /** 18 digits, above 2^53, rising by 1 to 4,000. */
  id: string;
  /** ISO 8601 with milliseconds and `Z`, rising. */
  orderedAt: string;
  shipOn: string;
  /** decimal(12,2); 5 % null, a quarter negative. */
  amount: string | null;
  /** A double of 16 or 17 digits. */
  weight: string;
  /** 10 % null. */
  quantity: string | null;
  gift: boolean;
  /** One of 8. */
  status: string;
  /** One of 200. */
  country: string;
  /** One of about 3,000,000. */
  email: string;
  /** One of 5,000, most of them with letters beyond ASCII. */
  city: string;
  /** 40 % null; a quarter with commas, some of them with line feeds and quotes. */
  note: string | null;
}

export const baseSeed = 0x9e37_79b9;

const statuses = ['shipped', 'paid', 'new', 'returned', 'cancelled', 'on hold', 'in review', 'lost'];
const consonants = ['b', 'd', 'g', 'k', 'l', 'm', 'n', 'r', 's', 't', 'v', 'z'];
const vowels = ['a', 'é', 'i', 'ö', 'ü', 'ą', 'o', 'ñe', 'å', 'u'];
const words = [
  'leave',
  'at',
  'the',
  'door',
  'call',
  'first',
  'fragile',
  'second',
  'floor',
  'ring',
  'twice',
  'no',
  'rush',
  'please',
];
const firstMoment = Date.UTC(2024, 0, 1);

/** A name that is always the same for a number. */
function placeName(number: number): string {
  let name = '';
  let rest = number;
  for (let syllable = 0; syllable < 4; syllable += 1) {
    name += consonants[rest % consonants.length]! + vowels[(rest + syllable) % vowels.length]!;
    rest = Math.floor(rest / consonants.length);
  }
  return name[0]!.toUpperCase() + name.slice(1);
}

const countries = Array.from({ length: 200 }, (_, number) =>
  placeName(number * 97)
    .slice(0, 5)
    .toUpperCase(),
);
const cities = Array.from({ length: 5000 }, (_, number) => placeName(number * 4 + 1));

function note(random: Random): string | null {
  const kind = random.below(100);
  if (kind < 40) return null;
  const count = 2 + random.below(7);
  let text = words[random.below(words.length)]!;
  for (let word = 1; word < count; word += 1) {
    const between = kind < 65 && word === 1 ? ', ' : ' ';
    text += between + words[random.below(words.length)]!;
  }
  if (kind < 44) return `${text}\nthen "${words[random.below(words.length)]!}"`;
  return text;
}

/** An endless sequence of rows, the same for a seed. */
export class BaseRows {
  readonly #random: Random;
  #id = 0;
  #moment = firstMoment;

  constructor(seed: number = baseSeed) {
    this.#random = new Random(seed);
  }

  next(): BaseRow {
    const random = this.#random;
    this.#id += 1 + random.below(4000);
    this.#moment += random.below(20_000);
    const orderedAt = new Date(this.#moment).toISOString();
    const shipOn = new Date(this.#moment + random.below(90) * 86_400_000).toISOString().slice(0, 10);
    const cents = random.below(100_000_000);
    const amount = `${random.chance(25) ? '-' : ''}${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
    const person = random.below(3_000_000);
    return {
      id: `184467${String(this.#id).padStart(12, '0')}`,
      orderedAt,
      shipOn,
      amount: random.chance(5) ? null : amount,
      weight: String(random.fraction() * 1000 + 0.001),
      quantity: random.chance(10) ? null : String(random.below(10_000)),
      gift: random.chance(12),
      status: statuses[random.skewed(statuses.length)]!,
      country: countries[random.skewed(countries.length)]!,
      email: `${words[person % words.length]!}.${person.toString(36)}@example.com`,
      city: cities[random.below(cities.length)]!,
      note: note(random),
    };
  }
}
