import { describe, expect, it } from 'vitest';
import { createIngestionBuilder } from '../spec/create-ingestion-builder.ts';
import { testRegistry } from '../spec/test-registry.fixture.ts';
import {
  boolean,
  date,
  decimal,
  drop,
  float32,
  float64,
  int32,
  int64,
  string,
  timestamp,
  timestampUtc,
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
    ['an empty pattern', () => timestamp(''), "timestamp(''): the format is empty"],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'SPEC_INVALID', message: expect.stringContaining(message) }));
  });
});
