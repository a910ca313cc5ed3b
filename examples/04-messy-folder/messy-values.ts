/** One order, in texts that lose nothing. The members of the web shop are null in the exports. */
export interface Order {
  order_id: string;
  ordered_at: string;
  customer: string;
  city: string;
  amount: string | null;
  gift: string;
  channel: string | null;
  shipping: { method: string; address: { street: string; zip: string } } | null;
  items: { sku: string; quantity: string; price: string }[] | null;
}

/** One invoice of the German office, with the column names of its file. */
export interface Invoice {
  rechnung: string;
  datum: string;
  kunde: string;
  /** `1234.50` */
  betrag: string;
}

const ROWS = 300;
/** Place of the order of each year that has no amount. */
export const NO_AMOUNT = 40;
// All of them can be written in windows-1252.
const CUSTOMERS = ['Ana Lima', 'Bo Åkesson', 'Jürgen Müller', 'Zoë "Zo" Peeters', 'Íñigo Núñez', 'O’Neil, Pat', 'François Brûlé'];
const CITIES = ['São Paulo', 'Malmö', 'Köln', 'Gent', 'Logroño', 'Cork', 'Besançon'];

/** The orders of one year, the same each time. */
export function orders(year: number): Order[] {
  const random = xorshift32(year);
  return Array.from({ length: ROWS }, (_, index) => order(random, year, index));
}

/** The orders of the web shop in 2024: nested, and with zip codes that begin with zero. */
export function webOrders(): Order[] {
  const random = xorshift32(0x2024_0001);
  return Array.from({ length: ROWS }, (_, index) => {
    const items = Array.from({ length: 1 + (random() % 3) }, () => ({
      sku: `T-${random() % 900}`,
      quantity: String(1 + (random() % 5)),
      price: amount(random),
    }));
    const address = { street: `Hauptstraße ${1 + (random() % 90)}`, zip: `0${1000 + (random() % 8999)}` };
    return {
      ...order(random, 2024, 1_000 + index),
      amount: amount(random),
      channel: 'web',
      shipping: random() % 9 === 0 ? null : { method: random() % 2 === 0 ? 'post' : 'express', address },
      items,
    };
  });
}

/** The invoices of 2024. */
export function invoices(): Invoice[] {
  const random = xorshift32(4711);
  return Array.from({ length: ROWS }, (_, index) => ({
    rechnung: `R-2024-${two(index)}`,
    datum: `2024-${two(1 + (random() % 12))}-${two(1 + (random() % 28))}`,
    kunde: CUSTOMERS[random() % CUSTOMERS.length] as string,
    betrag: `${random() % 4_000}.${two(random() % 100)}`,
  }));
}

/** `1234.50` as `1.234,50`. */
export function germanAmount(value: string): string {
  const [whole = '', fraction = ''] = value.split('.');
  return `${whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, '.')},${fraction}`;
}

function order(random: () => number, year: number, index: number): Order {
  const person = random() % CUSTOMERS.length;
  const time = `${two(random() % 24)}:${two(random() % 60)}:${two(random() % 60)}`;
  return {
    order_id: String((year - 2000) * 100_000 + index),
    ordered_at: `${year}-${two(1 + (random() % 12))}-${two(1 + (random() % 28))}T${time}`,
    customer: CUSTOMERS[person] as string,
    city: CITIES[person] as string,
    amount: index === NO_AMOUNT ? null : amount(random),
    gift: random() % 7 === 0 ? 'true' : 'false',
    channel: year === 2022 ? null : random() % 3 === 0 ? 'phone' : 'shop',
    shipping: null,
    items: null,
  };
}

function amount(random: () => number): string {
  const cents = 100 + (random() % 250_000);
  return `${Math.floor(cents / 100)}.${two(cents % 100)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
