import type { DecodeRequest } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import type { Dialect, Reading } from './decoding-outcome.ts';
import { outcomeOf, USUAL } from './decoding-outcome.ts';

/** Inputs of one seed. */
const INPUTS = 10_000;
const INDEXED_BYTES = 64 * 1024;
const replayed = process.env['CALVE_CSV_SEED'];
const FIRST_SEEDS = replayed === undefined ? [1, 2, 3, 4, 5] : [Number(replayed)];

/** Small files of the kinds that people have; each input is one of them with a few bytes changed. */
const SEEDS = [
  'id,name,note\n1,"a, b",\n2,"say ""hi""",x\n3,"two\nlines",""\n4,é,"ü""ß"\n',
  'id;name;note\r\n1;"a; b";\r\n2;x y;z\r\n3;"";"q""r"\r\n',
  'a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n16,17,18\n19,20,21\n22,,24\n',
  '"id","name","note"\n"1","Zoë","x"\n"2","","a""b""c"\n"3","line\nbreak","𝄞"\n',
  'id\tname\tnote\r1\tx\ty\r2\t"z"\tä\r',
  "id,name,note\n# no data\n1,'a, b','it''s'\n\n2,'',x\n",
];

/** Bytes that mean something somewhere, and some that UTF-8 does not have. */
const SPICE = [...Buffer.from(',;\t"\'\n\r #a1'), 0x00, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0xed, 0xa0, 0xf0, 0xf4, 0xff];

/** xorshift32: the same inputs for the same seed, wherever it runs. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

function mutated(dice: Dice): Uint8Array {
  const bytes = [...Buffer.from(dice.of(SEEDS))];
  for (let left = dice.below(5); left > 0; left -= 1) {
    const at = dice.below(bytes.length + 1);
    const piece = Array.from({ length: dice.below(4) }, () => dice.of(SPICE));
    if (dice.below(4) === 0) piece.push(...bytes.slice(at, at + dice.below(40)));
    bytes.splice(at, dice.below(4), ...piece);
  }
  return Uint8Array.from(bytes);
}

function readingOf(dice: Dice): Reading {
  const content = mutated(dice);
  const dialect: Dialect = {
    ...USUAL,
    delimiter: dice.of([',', ',', ';', '\t']),
    quote: dice.of(['"', '"', '"', "'", null]),
    comment: dice.of([null, null, '#']),
    unescapedQuotes: dice.of(['stop-at-delimiter', 'stop-at-closing-quote']),
    header: dice.below(2) === 0,
  };
  const request: DecodeRequest = {
    columns: 'all',
    maxRows: dice.of([1, 3, 1000, 1000]),
    maxBytes: dice.of([40, 10_000, 10_000]),
  };
  // A chunk ends anywhere in the file, or nowhere.
  return { content, columns: dice.of([1, 3, 3, 3]), dialect, request, chunkBytes: 16 + dice.below(content.length + 16) };
}

/** Expects all three to give the same of it. */
async function expectAlike(reading: Reading, seed: number, input: string): Promise<void> {
  const expected = JSON.stringify(await outcomeOf(reading, 'tokenizer'));
  for (const rung of ['plain', 'compiled'] as const) {
    const outcome = JSON.stringify(await outcomeOf(reading, rung));
    if (outcome === expected) continue;
    const content = Buffer.from(reading.content).toString('latin1').slice(0, 1000);
    const replay = `CALVE_CSV_SEED=${seed} ./dev test packages/format-csv/test/rungs`;
    expect(outcome, `${input}, ${rung}: ${JSON.stringify({ ...reading, content })}. Replay with: ${replay}`).toBe(expected);
  }
}

describe('50,000 damaged files are read alike by the compiled scanner, its plain twin and the tokenizer', () => {
  it.each(FIRST_SEEDS)('from seed %d on', async (seed) => {
    const dice = new Dice(seed * 0x9e3779b1);
    for (let input = 0; input < INPUTS; input += 1) await expectAlike(readingOf(dice), seed, `Input ${input}`);
  });
});

describe('damaged files are read alike', () => {
  it.each(FIRST_SEEDS)('wherever their chunks end, from seed %d on', async (seed) => {
    const dice = new Dice(seed * 0x85ebca6b);
    for (let input = 0; input < 25; input += 1) {
      const reading = readingOf(dice);
      for (let chunkBytes = 16; chunkBytes <= reading.content.length + 1; chunkBytes += 1) {
        await expectAlike({ ...reading, chunkBytes }, seed, `Input ${input}`);
      }
    }
  });

  it.each(FIRST_SEEDS)('also when they are longer than what is indexed in one go, from seed %d on', async (seed) => {
    const dice = new Dice(seed * 0xc2b2ae35);
    for (let input = 0; input < 6; input += 1) {
      const reading = readingOf(dice);
      // 64 KiB are indexed in one go. The damage begins somewhere around there.
      const sound = Buffer.from(dice.of(SEEDS)).toString('latin1');
      const before = Buffer.from(sound.repeat(Math.floor((INDEXED_BYTES - dice.below(200)) / sound.length)), 'latin1');
      const content = Uint8Array.from(Buffer.concat([before, reading.content, before.subarray(0, 20_000)]));
      const request = { ...reading.request, maxRows: dice.of([7, 1000]), maxBytes: 1 << 20 };
      await expectAlike({ ...reading, content, request, chunkBytes: dice.of([1 << 20, 50_000]) }, seed, `Input ${input}`);
    }
  });
});
