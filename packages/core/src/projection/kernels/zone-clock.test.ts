import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isZone } from './time-zone.ts';
import { ZoneClock } from './zone-clock.ts';

const seconds = (text: string): number => Date.parse(`${text}Z`) / 1_000;
const text = (second: number): string => new Date(second * 1_000).toISOString().slice(0, 19);

// What Spark 4.0 answers for the same times.
describe('wall time in a zone', () => {
  it.each([
    ['Europe/Berlin', 'before clocks go forward', '2021-03-28T01:59:59', '2021-03-28T00:59:59'],
    ['Europe/Berlin', 'that never showed is moved forward by the gap', '2021-03-28T02:30:00', '2021-03-28T01:30:00'],
    ['Europe/Berlin', 'after the gap', '2021-03-28T03:00:00', '2021-03-28T01:00:00'],
    ['Europe/Berlin', 'that showed twice is the earlier one', '2021-10-31T02:30:00', '2021-10-31T00:30:00'],
    ['Europe/Berlin', 'after it showed twice', '2021-10-31T03:00:00', '2021-10-31T02:00:00'],
    ['Europe/Berlin', 'before there were zones has the offset of the sun', '1893-04-01T00:00:00', '1893-03-31T23:06:32'],
    ['Europe/Berlin', 'of any early year too', '0001-01-01T00:00:00', '0000-12-31T23:06:32'],
    ['Europe/Berlin', 'of late years follows the last rule', '9999-07-01T00:00:00', '9999-06-30T22:00:00'],
    ['America/New_York', 'that never showed', '2021-03-14T02:30:00', '2021-03-14T07:30:00'],
    ['Australia/Lord_Howe', 'with a gap of half an hour', '2021-10-03T02:15:00', '2021-10-02T15:45:00'],
    ['Australia/Lord_Howe', 'that showed twice within half an hour', '2021-04-04T01:45:00', '2021-04-03T14:45:00'],
    ['Pacific/Apia', 'of a day that did not exist', '2011-12-30T12:00:00', '2011-12-30T22:00:00'],
    ['+05:30', 'at an offset', '2021-03-28T02:30:00', '2021-03-27T21:00:00'],
    ['-18:00', 'at the last offset', '2021-03-28T00:00:00', '2021-03-28T18:00:00'],
    ['UTC', 'in UTC', '2021-03-28T02:30:00', '2021-03-28T02:30:00'],
  ])('in %s %s: %s', (zone, _, wall, utc) => {
    // Date.parse reads no year below 1000 without its sign.
    expect(text(new ZoneClock(zone).toUtc(seconds(wall)))).toBe(utc);
  });

  it('is the inverse of what the platform shows, but for gaps and hours that come twice', () => {
    const zones = ['Europe/London', 'America/Sao_Paulo', 'Asia/Tehran', 'Antarctica/Troll', 'Africa/Cairo', 'America/St_Johns'];
    const clocks = new Map(zones.map((zone) => [zone, new ZoneClock(zone)]));
    const moment = fc.integer({ min: seconds('1905-01-01T00:00:00'), max: seconds('2036-12-31T00:00:00') });
    fc.assert(
      fc.property(fc.constantFrom(...zones), moment, (zone, utc) => {
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
        const wallOf = (second: number): string => shown.format(second * 1_000).replace(' ', 'T');
        const back = clocks.get(zone)!.toUtc(seconds(wallOf(utc)));
        expect(wallOf(back)).toBe(wallOf(utc));
        expect(back).toBeLessThanOrEqual(utc);
      }),
      { numRuns: 300 },
    );
  });
});

describe('zones', () => {
  it('are Area/City, UTC and offsets up to 18 hours', () => {
    const known = [
      'UTC',
      '+00:00',
      '-18:00',
      'Europe/Berlin',
      'America/Argentina/San_Luis',
      'Etc/GMT+5',
      'America/Port-au-Prince',
    ];
    const unknown = [
      '',
      'Z',
      'utc',
      'CET',
      'EST',
      'europe/berlin',
      'Europe/Bielefeld',
      '+5:30',
      '+18:01',
      '+0530',
      'UTC+1',
      'Europe/',
    ];
    expect(known.filter((zone) => !isZone(zone))).toEqual([]);
    expect(unknown.filter((zone) => isZone(zone))).toEqual([]);
  });

  it('that the platform does not know have no clock', () => {
    expect(() => new ZoneClock('Europe/Bielefeld')).toThrow(
      expect.objectContaining({ code: 'SPEC_INVALID', message: expect.stringContaining('"Europe/Bielefeld"') }),
    );
  });
});
