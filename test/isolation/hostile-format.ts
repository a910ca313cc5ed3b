// A CSV format whose decoder does what the file says: a cell "hostile:<phase>:<act>" in the first 200 bytes, where the phase is `observe` or
// `decode`. Imports packages only, so that it works beside the sources and in a consumer's project alike.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteReader, CallContext, DecodeEvent, Decoder, FormatPlugin, Json, Observation } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { type CsvOptions, type CsvOptionsInput, csvFormat } from '@calve/format-csv';

/** Tells the host which process it is, and what that process was given. */
function introduce(context: CallContext): void {
  const message = JSON.stringify({ pid: process.pid, flags: process.execArgv, variables: Object.keys(process.env) });
  context.report({ code: 'TEST_PROCESS', severity: 'info', message });
}

const never = new Promise(() => {});
/** Of one file after the other, for whom it is too much together. */
const kept: Uint8Array[] = [];

const ACTS: Record<string, (context: CallContext) => unknown> = {
  introduce: () => {},
  loop: () => {
    for (;;);
  },
  hang: () => never,
  heap: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
  },
  buffers: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Uint8Array(4 << 20).fill(1));
  },
  keep: () => {
    kept.push(new Uint8Array(280 << 20).fill(1));
  },
  exit: () => process.exit(3),
  abort: () => process.abort(),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  stop: () => process.kill(process.pid, 'SIGSTOP'),
  throw: () => {
    throw new TypeError('undefined is not a chair');
  },
  late: () => {
    setTimeout(() => {
      throw new Error('nobody is there to catch this');
    });
    return never;
  },
  noise: () => {
    process.stderr.write('x'.repeat(1 << 20));
    process.stderr.write('the last words\n', () => process.exit(1));
    return never;
  },
  reserve: async (context) => {
    await context.reserve(Number.NaN);
  },
  messages: () => {
    process.send?.(null);
    process.send?.('text');
    for (let call = 0; call < 100; call += 1) process.send?.({ kind: 'failed', call, isTyped: true });
    return never;
  },
  secret: async (context) => {
    await context.resolveSecret({ secret: 'password' });
  },
  typed: () => {
    throw new CalveError('TEST_TYPED', 'This file is no good, says the decoder.', {
      recovery: 'fix-input',
      context: { line: 7 },
    });
  },
};

/** What the decoder hands over instead of an event or an observation. */
const GARBAGE: Record<string, () => unknown> = {
  nothing: () => null,
  kind: () => ({ kind: 'banana' }),
  function: () => ({ kind: 'finding', diagnostic: { code: 'A', severity: 'info', message: () => 'a function' } }),
  outside: () => {
    const cells = {
      layout: 'cells',
      source: new Uint8Array(4),
      starts: new Uint32Array(1),
      ends: Uint32Array.of(0xffffffff),
      escaping: 'none',
    };
    const fields = [{ name: 'id', type: { kind: 'string' }, required: false }];
    return { kind: 'batch', batch: { fields, columns: [cells], rows: 1, firstRecordInRange: 0, release() {} } };
  },
};

/** Every act and every piece of garbage by its name. */
export const ACT_NAMES = Object.keys(ACTS);
export const GARBAGE_NAMES = Object.keys(GARBAGE);

/** The text of a file that makes the decoder act. */
export function hostileFile(phase: 'observe' | 'decode', act: string): string {
  return `id,name\n1,hostile:${phase}:${act}\n2,after\n`;
}

/** The half that a decode process rebuilds. */
export async function hostileDecoder(_config: Json, context: CallContext): Promise<Decoder> {
  const csv = await csvFormat().decoder.create(context, undefined);
  return {
    async observe(reader, options, budgetBytes, call) {
      const act = await actOf('observe', reader, call);
      if (act in GARBAGE) return GARBAGE[act]?.() as Observation;
      return csv.observe(reader, options, budgetBytes, call);
    },
    async *decode(reader, plan, range, request, call) {
      const act = await actOf('decode', reader, call);
      if (act in GARBAGE) yield GARBAGE[act]?.() as DecodeEvent;
      for await (const event of csv.decode(reader, plan, range, request, call)) {
        // Does not listen to anybody, and takes its time.
        if (act === 'slow') await sleep(100);
        yield event;
      }
      if (act === 'slow')
        for (let more = 0; more < 10; more += 1)
          yield await sleep(100, { kind: 'skipped', records: 1, reason: 'footer' } as const);
    },
  };
}

async function actOf(phase: string, reader: ByteReader, context: CallContext): Promise<string> {
  const head = new Uint8Array(200);
  const length = await reader.read(head, 0);
  const [, when, act = ''] = /hostile:(observe|decode):(\w+)/.exec(new TextDecoder().decode(head.subarray(0, length))) ?? [];
  if (when !== phase) return '';
  introduce(context);
  await ACTS[act]?.(context);
  return act;
}

/** The format; `csvFormat` with a decoder that cannot be trusted. */
export function hostileFormat(): FormatPlugin<CsvOptions, CsvOptionsInput> {
  return {
    ...csvFormat(),
    decoder: {
      module: import.meta.url,
      exportName: 'hostileDecoder',
      config: {},
      create: (context) => hostileDecoder({}, context),
    },
  };
}
