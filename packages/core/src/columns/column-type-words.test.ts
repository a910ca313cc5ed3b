import { describe, expect, it } from 'vitest';
import { createIngestionBuilder } from '../spec/create-ingestion-builder.ts';
import { testRegistry } from '../spec/test-registry.fixture.ts';
import {
  binary,
  boolean,
  date,
  decimal,
  drop,
  fixed,
  float32,
  float64,
  int32,
  int64,
  string,
  time,
  timestamp,
  timestampNs,
  timestampNsUtc,
  timestampUtc,
  uuid,
} from './column-type-words.ts';

describe('the words for column types', () => {
  it('say the type and nothing else', () => {
    expect(boolean()).toEqual({ type: { kind: 'boolean' } });
    expect(int32()).toEqual({ type: { kind: 'int32' } });
    expect(int64()).toEqual({ type: { kind: 'int64' } });
    expect(float32()).toEqual({ type: { kind: 'float32' } });
    expect(float64()).toEqual({ type: { kind: 'float64' } });
    expect(decimal(12, 2)).toEqual({ type: { kind: 'decimal', precision: 12, scale: 2 } });
    expect(date()).toEqual({ type: { kind: 'date' } });
    expect(timestamp()).toEqual({ type: { kind: 'timestamp', unit: 'micros', zone: 'none' } });
    expect(timestampUtc()).toEqual({ type: { kind: 'timestamp', unit: 'micros', zone: 'utc' } });
    expect(timestampNs()).toEqual({ type: { kind: 'timestamp', unit: 'nanos', zone: 'none' } });
    expect(timestampNsUtc()).toEqual({ type: { kind: 'timestamp', unit: 'nanos', zone: 'utc' } });
    expect(time()).toEqual({ type: { kind: 'time' } });
    expect(uuid()).toEqual({ type: { kind: 'uuid' } });
    expect(binary()).toEqual({ type: { kind: 'binary' } });
    expect(fixed(16)).toEqual({ type: { kind: 'fixed', bytes: 16 } });
    expect(string()).toEqual({ type: { kind: 'string' } });
    expect(drop()).toEqual({ drop: true });
  });

  it('take further settings of the column', () => {
    expect(decimal(12, 2, { onFailure: 'null', nulls: ['-'] })).toEqual({
      type: { kind: 'decimal', precision: 12, scale: 2 },
      onFailure: 'null',
      nulls: ['-'],
    });
    expect(date({ from: ['Day'] })).toEqual({ type: { kind: 'date' }, from: ['Day'] });
  });

  it('take a pattern, with or without settings', () => {
    expect(timestamp('dd/MM/yyyy HH:mm')).toEqual({
      type: { kind: 'timestamp', unit: 'micros', zone: 'none' },
      formats: ['dd/MM/yyyy HH:mm'],
    });
    expect(timestampUtc('yyyy XXX').formats).toEqual(['yyyy XXX']);
    expect(date('dd/MM/yyyy', { trim: true })).toEqual({ type: { kind: 'date' }, formats: ['dd/MM/yyyy'], trim: true });
  });

  it('take how a text is read, beside the other settings', () => {
    expect(decimal(12, 2, { decimal: ',', group: '.', onFailure: 'null' })).toEqual({
      type: { kind: 'decimal', precision: 12, scale: 2 },
      parse: { decimal: ',', group: '.' },
      onFailure: 'null',
    });
    expect(timestampUtc('dd/MM/yyyy HH:mm', { zone: 'Europe/Berlin' })).toEqual({
      type: { kind: 'timestamp', unit: 'micros', zone: 'utc' },
      formats: ['dd/MM/yyyy HH:mm'],
      parse: { zone: 'Europe/Berlin' },
    });
    expect(timestampUtc({ unit: 'ms' }).parse).toEqual({ unit: 'ms' });
    expect(boolean({ true: ['yes'], parse: { false: ['no'] } }).parse).toEqual({ true: ['yes'], false: ['no'] });
    expect(float64({ special: true, trim: true })).toEqual({ type: { kind: 'float64' }, parse: { special: true }, trim: true });
    expect(binary('base64')).toEqual({ type: { kind: 'binary' }, parse: { encoding: 'base64' } });
    expect(fixed(4, 'hex', { trim: true })).toEqual({
      type: { kind: 'fixed', bytes: 4 },
      parse: { encoding: 'hex' },
      trim: true,
    });
    expect(fixed(4, { trim: true })).toEqual({ type: { kind: 'fixed', bytes: 4 }, trim: true });
  });

  it('are all accepted by the parser of the spec, from 1 to 38 digits', () => {
    const columns = {
      a: boolean(),
      b: int32(),
      c: int64(),
      d: float32(),
      e: float64(),
      f: decimal(1, 0),
      g: decimal(38, 38),
      h: date(),
      i: timestamp(),
      j: timestampUtc(),
      k: string(),
      l: drop(),
      m: date('dd.MM.yyyy'),
      n: time('hh:mm a'),
      o: timestampNs('yyyyMMddHHmmss'),
      p: timestampNsUtc({ unit: 'ns' }),
      q: uuid(),
      r: binary('hex'),
      s: fixed(16, 'base64'),
      t: decimal(12, 2, { decimal: ',', group: '.' }),
      u: timestampUtc({ zone: 'Asia/Kolkata' }),
    };
    const builder = createIngestionBuilder(testRegistry, 'words').from('local', { path: 'x' }).detect();
    expect(builder.columns(columns).into('lake', { table: 'a.b' }).build().outputs[0]?.columns).toEqual(columns);
  });

  it.each([
    ['a precision of 0', () => decimal(0, 0), 'decimal(0, 0): the precision'],
    ['a precision of 39', () => decimal(39, 2), 'decimal(39, 2): the precision'],
    ['half a digit', () => decimal(2.5, 1), 'decimal(2.5, 1): the precision'],
    ['a scale above the precision', () => decimal(4, 5), 'decimal(4, 5): the scale'],
    ['a negative scale', () => decimal(4, -1), 'decimal(4, -1): the scale'],
    ['no bytes', () => fixed(0), 'fixed(0): the count of bytes'],
    ['an empty pattern', () => timestamp(''), "timestamp(''): the format is empty"],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'SPEC_INVALID', message: expect.stringContaining(message) }));
  });
});
