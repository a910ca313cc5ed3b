import { typeText } from '@calve/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnEntry, parseColumns } from './parse-columns.ts';

describe('parseColumns', () => {
  it('reads the words that plans print', () => {
    const text =
      'a=boolean,b=int32,c=int64,d=float32,e=float64,f=date,g=timestamp,h=timestamp (UTC),i=string,j=decimal(12,2), k = decimal( 38 , 38 )';
    expect(Object.entries(parseColumns(text)).map(([name, spec]) => columnEntry(name, spec))).toEqual(
      ['a=boolean', 'b=int32', 'c=int64', 'd=float32', 'e=float64', 'f=date', 'g=timestamp'].concat([
        'h=timestamp (UTC)',
        'i=string',
        'j=decimal(12,2)',
        'k=decimal(38,38)',
      ]),
    );
  });

  it('reads patterns, lengths and encodings', () => {
    expect(
      parseColumns(
        'a=date(dd/MM/yyyy),b=timestamp(dd.MM.yyyy HH:mm),c=time(hh:mm a),d=date(MMMM d, yyyy),e=timestamp_ns(yyyyMMddHHmmss),' +
          'f=time,g=timestamp_ns (UTC),h=binary,i=uuid,j=fixed(16),k=binary(base64),l=binary(hex)',
      ),
    ).toEqual({
      a: { type: { kind: 'date' }, formats: ['dd/MM/yyyy'] },
      b: { type: { kind: 'timestamp', unit: 'micros', zone: 'none' }, formats: ['dd.MM.yyyy HH:mm'] },
      c: { type: { kind: 'time' }, formats: ['hh:mm a'] },
      d: { type: { kind: 'date' }, formats: ['MMMM d, yyyy'] },
      e: { type: { kind: 'timestamp', unit: 'nanos', zone: 'none' }, formats: ['yyyyMMddHHmmss'] },
      f: { type: { kind: 'time' } },
      g: { type: { kind: 'timestamp', unit: 'nanos', zone: 'utc' } },
      h: { type: { kind: 'binary' } },
      i: { type: { kind: 'uuid' } },
      j: { type: { kind: 'fixed', bytes: 16 } },
      k: { type: { kind: 'binary' }, parse: { encoding: 'base64' } },
      l: { type: { kind: 'binary' }, parse: { encoding: 'hex' } },
    });
  });

  it('writes what it reads, and nothing that it would read otherwise', () => {
    const date = { kind: 'date' } as const;
    expect(columnEntry('d', { type: date, formats: ['dd/MM/yyyy'] })).toBe('d=date(dd/MM/yyyy)');
    expect(columnEntry('d', { type: { kind: 'fixed', bytes: 8 } })).toBe('d=fixed(8)');
    expect(columnEntry('d', { type: date, formats: ['(dd/MM/yyyy)'] })).toBeNull();
    expect(columnEntry('d', { type: date, formats: ['dd/MM/yyyy', 'yyyy'] })).toBeNull();
    expect(columnEntry('d', { type: date, trim: true })).toBeNull();
  });

  it('takes any name of a column, in quotes where it has to be', () => {
    expect(Object.keys(parseColumns('"a, ""b""=c"=string,x=y=int64,Größe (cm)=float64'))).toEqual([
      'a, "b"=c',
      'x=y',
      'Größe (cm)',
    ]);
    expect(Object.keys(parseColumns('__proto__=int64,constructor=string'))).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['amount=decimel(12,2)', 'Did you mean decimal(12,2)?'],
    ['amount=strng', 'there is no type "strng". Did you mean string?'],
    ['amount=String', 'Did you mean string?'],
    ['amount=timestamp(UTC)', 'Did you mean timestamp (UTC)?'],
    ['amount=something else', 'The types: boolean, int32'],
    ['amount=decimal', 'write decimal(<digits>,<digits after the point>)'],
    ['amount=decimal(12.2)', 'write decimal('],
    ['amount=decimal(39,2)', '1 to 38 digits'],
    ['amount=decimal(0,0)', '1 to 38 digits'],
    ['amount=decimal(5,6)', '1 to 38 digits'],
    ['amount', '"amount" names no type'],
    ['=string', 'names no column'],
    ['""=string', 'names no column'],
    ['a=string,,b=string', 'an empty entry'],
    ['a=string,', 'an empty entry'],
    ['a=string,a=int64', '--columns declares "a" twice.'],
    ['"a=string', 'a double quote that is not closed'],
    ['a=struct<b: strng>', '--columns: a=struct<b: strng>: there is no type "strng"; did you mean string?'],
    ['a=list<string', '">" is missing at the end of the list'],
    ['a=struct<b: string>>,c=string', '">" is too much'],
    ['a=lst<string>', 'there is no type "lst<string>". Did you mean list<string>?'],
    ['a"b"c=string', 'put the whole name into double quotes'],
  ])('refuses %s', (text, message) => {
    expect(() => parseColumns(text)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('reads back every name that columnEntry writes', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, unit: fc.constantFrom(...'ab =,"()<>-é\\\''.split('')) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(names, (names) => {
        const entries = names.map((name) => columnEntry(name, { type: { kind: 'decimal', precision: 12, scale: 2 } }));
        expect(Object.keys(parseColumns(entries.join(','))).sort()).toEqual([...names].sort());
      }),
    );
  });

  it('reads nested types as plans print them, beside others', () => {
    const columns = parseColumns(
      'user=struct<name: string, address: struct<city: string>>,tags=list<string>, rates = map<string, decimal(12,2)>,' +
        'a<b=int64,odd=struct<"a=b, ""c""": timestamp (UTC)>,day=date(dd/MM/yyyy)',
    );
    expect(Object.keys(columns)).toEqual(['user', 'tags', 'rates', 'a<b', 'odd', 'day']);
    const text = 'struct<name: string, address: struct<city: string>>';
    expect(columns['user']?.type && typeText(columns['user'].type)).toBe(text);
    expect(Object.entries(columns).map(([name, spec]) => columnEntry(name, spec))).toEqual([
      `user=${text}`,
      'tags=list<string>',
      'rates=map<string, decimal(12,2)>',
      '"a<b"=int64',
      'odd=struct<"a=b, ""c""": timestamp (UTC)>',
      'day=date(dd/MM/yyyy)',
    ]);
  });

  it('has no word for a type that no text declares', () => {
    const list = (required: boolean) => ({
      type: { kind: 'list' as const, element: { name: 'element', type: { kind: 'string' as const }, required } },
    });
    expect(columnEntry('a', list(true))).toBeNull();
    expect(columnEntry('a', { ...list(false), formats: ['yyyy'] })).toBeNull();
    expect(columnEntry('a', list(false))).toBe('a=list<string>');
    expect(columnEntry('a', { type: { kind: 'unknown' } })).toBeNull();
  });
});
