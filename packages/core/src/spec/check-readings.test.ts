import { describe, expect, it } from 'vitest';
import type { Json } from '../json/json.ts';
import { PATTERN_LETTERS } from '../projection/patterns/parse-pattern.ts';
import { issuesOf, parsed, withColumn } from './spec-values.fixture.ts';

const date = { kind: 'date' };
const utc = { kind: 'timestamp', unit: 'micros', zone: 'utc' };
const none = { ...utc, zone: 'none' };
const amount = { kind: 'decimal', precision: 12, scale: 2 };
const field = (name: string, type: Json, required = false): Json => ({ name, type, required });
const listOf = (type: Json): Json => ({ kind: 'list', element: field('element', type) });
const mapOf = (type: Json): Json => ({ kind: 'map', key: field('key', { kind: 'string' }, true), value: field('value', type) });
const structOf = (...types: Json[]): Json => ({ kind: 'struct', fields: types.map((type, at) => field(`m${at}`, type)) });
const column = '/outputs/0/columns/amount';

describe('how a column is read', () => {
  it.each([
    [{ type: date, formats: ['dd/MM/yyyy', "yyyy-MM-dd'T'HH:mm:ss"] }],
    [{ type: utc, formats: ['dd.MM.yyyy HH:mm[:ss]'], parse: { zone: 'Europe/Berlin' } }],
    [{ type: utc, formats: ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX"] }],
    [{ type: { ...none, unit: 'nanos' }, formats: ['yyyyMMddHHmmss'] }],
    [{ type: { kind: 'time' }, formats: ['hh:mm a'] }],
    [{ type: utc, parse: { zone: '-09:30' } }],
    [{ type: utc, parse: { zone: 'America/Argentina/San_Luis' } }],
    [{ type: utc, parse: { unit: 'ms' } }],
    [{ type: amount, parse: { decimal: ',', group: '.' } }],
    [{ type: amount, parse: { group: '\u00a0' } }],
    [{ type: { kind: 'int64' }, parse: { group: "'" } }],
    [{ type: { kind: 'float64' }, parse: { special: { 'n/a': 'NaN' }, decimal: ',' } }],
    [{ type: { kind: 'binary' }, parse: { encoding: 'base64' } }],
    [{ type: { kind: 'fixed', bytes: 16 }, parse: { encoding: 'hex' } }],
    [{ type: { kind: 'uuid' }, trim: true }],
    [{ parse: { exact: true } }],
    [{ type: listOf(date), formats: ['dd/MM/yyyy'] }],
    [{ type: mapOf(utc), parse: { unit: 'ms' } }],
    [
      {
        type: structOf(amount, { kind: 'string' }, listOf(utc)),
        parse: { decimal: ',', zone: 'Europe/Berlin' },
        formats: ['dd.MM.yyyy'],
      },
    ],
  ])('is accepted: %j', (spec) => {
    expect(parsed(withColumn(spec)).outputs[0]?.columns.amount).toEqual(spec);
  });

  it.each([
    ['/formats/0', { type: none, formats: ['yyyy-MM-ddTHH:mm'] }, `has "T", which is none of the letters that work; text that`],
    ['/formats/0', { type: date, formats: ['DD/MM/YYYY'] }, `has "DD", which is none of the letters that work (near: dd, d)`],
    [
      '/formats/0',
      { type: date, formats: ['dd/MM/YYYY'] },
      `has "YYYY", which is none of the letters that work (near: yyyy, yy)`,
    ],
    ['/formats/0', { type: date, formats: ['E dd MMM yyyy'] }, 'has "E", which is none'],
    [
      '/formats/1',
      { type: date, formats: ['dd/MM/yyyy', 'd/M/y'] },
      'has "y", which is none of the letters that work (near: yyyy, yy)',
    ],
    ['/formats/0', { type: date, formats: ['dd.MM.yyyy [HH'] }, 'has a "[" without a "]"'],
    ['/formats/0', { type: date, formats: ['dd]'] }, 'has a "]" without a "["'],
    ['/formats/0', { type: date, formats: ["yyyy 'at"] }, 'has a single quote that is not closed'],
    ['/formats/0', { type: date, formats: ['#yyyy'] }, 'has a "#", which needs single quotes around it'],
    ['/formats/0', { type: date, formats: [`${'['.repeat(200)}yyyy`] }, 'has 204 characters; 200 are enough'],
    ['/formats/0', { type: date, formats: ['--'] }, 'has no letter of a date or time'],
    ['/formats/0', { type: date, formats: ['dMyyyy'] }, 'has a number of one letter directly before another number'],
    [
      '/formats/0',
      { type: none, formats: ['yyyyMMddHHmmssSSS'] },
      'has "S" directly after another number, which Spark never reads',
    ],
    ['/formats/0', { type: none, formats: ['SSSyyyy'] }, 'has a number directly after "S"'],
    ['/formats/0', { type: utc, formats: ['Xyyyy'] }, 'has a number directly after the offset'],
    ['/formats/0', { type: none, formats: ['yyyy HH:mm a'] }, 'has hours of 24 ("H") beside hours of 12'],
    ['/formats/0', { type: none, formats: ['yyyy mm a'] }, 'has "a" (AM or PM) without "h"'],
    ['/formats/0', { type: none, formats: ['HH:mm'] }, 'has no year'],
    ['/formats/0', { type: date, formats: ['yyyy-MM-dd XXX'] }, 'could make it another day'],
    ['/formats/0', { type: none, formats: ['yyyy XXX'] }, 'which a timestamp without zone would lose'],
    ['/formats/0', { type: utc, formats: ['yyyy XXX'], parse: { zone: 'UTC' } }, 'beside parse.zone; leave one of them out'],
    ['/formats/0', { type: { kind: 'time' }, formats: ['yyyy HH:mm'] }, 'has letters of a date'],
    ['/formats/0', { type: { kind: 'time' }, formats: ['mm:ss'] }, 'has no hour'],
    ['/formats/0', { type: { kind: 'time' }, formats: ['HH:mmX'] }, 'a time of day cannot keep'],
    ['/formats', { type: amount, formats: ['yyyy'] }, 'a column of decimal(12,2) has none'],
    ['/formats', { formats: ['yyyy'] }, 'need a type beside them: date, time or timestamp'],
    ['/formats', { type: utc, formats: ['yyyy'], parse: { unit: 's' } }, 'Numbers of an epoch have no pattern'],
    [
      '/parse/zone',
      { type: utc, parse: { zone: 'Mars/Olympus_Mons' } },
      'There is no time zone "Mars/Olympus_Mons"; expected a time zone such as',
    ],
    ['/parse/zone', { type: utc, parse: { zone: 'CET' } }, 'There is no time zone "CET"'],
    ['/parse/zone', { type: utc, parse: { zone: '+18:01' } }, 'There is no time zone "+18:01"'],
    ['/parse/zone', { type: none, parse: { zone: 'UTC' } }, 'this timestamp has no zone; declare the zone "utc" in its type'],
    ['/parse/zone', { type: utc, parse: { zone: 'UTC', unit: 's' } }, 'leave out "parse.zone" or "parse.unit"'],
    [
      '/parse/unit',
      { type: { kind: 'int64' }, parse: { unit: 's' } },
      'parse.unit is for timestamp; a column of int64 has no use for it',
    ],
    ['/parse/unit', { parse: { unit: 's' } }, 'parse.unit needs a type beside it: timestamp'],
    ['/parse/encoding', { type: { kind: 'string' }, parse: { encoding: 'hex' } }, 'parse.encoding is for binary, fixed'],
    ['/parse/decimal', { type: { kind: 'int32' }, parse: { decimal: ',' } }, 'parse.decimal is for decimal, float32, float64'],
    ['/parse/decimal', { type: amount, parse: { decimal: '0' } }, 'expected a character that no number has elsewhere'],
    ['/parse/group', { type: amount, parse: { group: '.' } }, 'declare another parse.decimal, such as ","'],
    ['/parse/group', { type: amount, parse: { group: '-' } }, 'expected a character that no number has elsewhere'],
    ['/parse/true', { type: amount, parse: { true: ['x'] } }, 'parse.true is for boolean'],
    ['/parse/unit', { type: listOf(amount), parse: { unit: 's' } }, 'a column of list<decimal(12,2)> has no use for it'],
    ['/parse/unit', { type: structOf(utc, none), parse: { unit: 's' } }, 'this timestamp has no zone; declare the zone "utc"'],
    ['/parse/group', { type: structOf(date, mapOf(amount)), parse: { group: '.' } }, 'declare another parse.decimal'],
    ['/formats', { type: structOf(amount), formats: ['yyyy'] }, 'a column of struct<m0: decimal(12,2)> has none'],
    ['/formats/1', { type: structOf(utc, date, listOf(date)), formats: ['yyyy', 'yyyy XXX'] }, 'could make it another day'],
  ])('is refused at %s: %j', (path, spec, message) => {
    const [issue, ...others] = issuesOf(withColumn(spec));
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'SPEC_INVALID', path: column + path, expected: expect.any(String) });
    expect(issue?.message).toContain(message);
  });

  it('lists the letters that work', () => {
    const [issue] = issuesOf(withColumn({ type: date, formats: ['dd/QQ/yyyy'] }));
    expect(issue).toMatchObject({ received: '"dd/QQ/yyyy"', expected: 'a pattern for date', known: PATTERN_LETTERS });
    expect(PATTERN_LETTERS).toEqual(expect.arrayContaining(['yyyy', 'MMM', 'd', 'SSS', 'XXX', 'a']));
  });

  it('is not judged where the column itself is wrong', () => {
    const issues = issuesOf(withColumn({ type: { kind: 'dat' }, formats: ['QQ'] }));
    expect(issues.map(({ path }) => path)).toEqual([`${column}/type/kind`]);
  });
});
