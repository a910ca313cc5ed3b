import type { RunEvent } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { eventLines } from './event-lines.ts';

const tables = { main: 'sales.orders' };
const lines = (event: object): string[] => eventLines(event as RunEvent, tables);
const changes = (kind: string, ...names: string[]) => ({
  kind: 'schema-changed',
  output: 'main',
  changes: names.map((name) => ({ kind, path: name === '' ? [] : [name] })),
});

describe('eventLines', () => {
  it('leaves a plain commit to the end of the run, and tells everything that went otherwise', () => {
    const attempt = (outcome: string, attempt = 1) => lines({ kind: 'commit-attempted', output: 'main', attempt, outcome });
    expect(attempt('committed')).toEqual([]);
    expect(attempt('conflict')).toEqual(['Another writer was faster: trying again to commit to sales.orders.']);
    expect(attempt('committed', 2)).toEqual(['Committed to sales.orders (attempt 2).']);
    expect(attempt('refused')).toEqual(['The catalog refused the commit to sales.orders.']);
    expect(attempt('unknown')).toEqual(['No answer came to the commit to sales.orders.']);
  });

  it('tells what became of a table, in few words', () => {
    expect(lines(changes('create-table', ''))).toEqual(['The table sales.orders is new.']);
    expect(lines(changes('add-column', 'note', 'day'))).toEqual(['sales.orders: new columns note, day']);
    expect(lines(changes('widen-column', 'amount'))).toEqual(['sales.orders: widen column amount']);
    const many = Array.from({ length: 40 }, (_, at) => `c${at}`);
    expect(lines(changes('add-column', ...many))[0]).toMatch(/^sales\.orders: new columns c0, .*c9, and 30 more$/);
  });

  it('says what became of an earlier run that was stopped', () => {
    expect(lines({ kind: 'recovered', outcome: 'dropped', units: null })[0]).toMatch(/nothing of it is in the table/);
    expect(lines({ kind: 'recovered', outcome: 'finished', units: 1 })[0]).toMatch(/its 1 file is in the table, once/);
    expect(lines({ kind: 'recovered', outcome: 'finished', units: 1200 })[0]).toMatch(/its 1,200 files are in the table, once/);
  });

  it('says what is waited for and until when', () => {
    expect(lines({ kind: 'waiting', reason: 'settling', until: '2024-01-01T10:00:02.000Z' })).toEqual([
      expect.stringMatching(
        /^Waiting for files that may still be written, until \d\d:\d\d:02\. .*: --set \/input\/settleSeconds=0$/,
      ),
    ]);
    expect(lines({ kind: 'waiting', reason: 'quota' })).toEqual(['Waiting for memory.']);
    const since = '2024-01-01T10:00:02.000Z';
    expect(lines({ kind: 'waiting', reason: 'lease', heldBy: { host: 'host-a', pid: 7, since } })).toEqual([
      expect.stringMatching(
        /^Waiting for process 7 on host-a, which has been at work on this ingestion since \d\d:\d\d:02\. .* --if-busy stop$/,
      ),
    ]);
    expect(lines({ kind: 'waiting', reason: 'lease', heldBy: { host: null, pid: null, since } })[0]).toMatch(
      /^Waiting for another worker,/,
    );
  });
});
