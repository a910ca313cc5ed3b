import { expect, it } from 'vitest';
import { type TortureAdapter, tortureCommand, tortureTables } from './torture-adapter.ts';

const places = { folder: '/t x', landing: '/t x/landing', lake: '/t x/lake', state: '/t x/state', steps: '/t x/steps.log' };
const adapter = (command: TortureAdapter['command']): TortureAdapter => ({
  name: 'mine',
  command,
  stop: { arguments: ['--die-at', '{step}'], labels: ['one'] },
  tables: [
    { kind: 'catalog', properties: { uri: 'sqlite:///{lake}/catalog.db' }, table: 'a.b', column: 'id' },
    { kind: 'folder', folder: '{lake}/orders', column: 'id' },
  ],
});

it('fills placeholders in a command of words, and adds the step only where the process has to die', () => {
  const words = adapter(['load', '--from={landing}', '{lake}', '{state}']);
  expect(tortureCommand(words, places, null)).toEqual({
    program: 'load',
    parameters: ['--from=/t x/landing', '/t x/lake', '/t x/state'],
  });
  expect(tortureCommand(words, places, 'one#2').parameters.slice(-2)).toEqual(['--die-at', 'one#2']);
});

it('quotes paths in a line for the shell', () => {
  expect(tortureCommand(adapter('load {landing} > {state}/log'), places, 'one')).toEqual({
    program: 'sh',
    parameters: ['-c', "load '/t x/landing' > '/t x/state'/log '--die-at' 'one'"],
  });
});

it('fills placeholders of tables', () => {
  expect(tortureTables(adapter('load'), places)).toEqual([
    { kind: 'catalog', properties: { uri: 'sqlite:////t x/lake/catalog.db' }, table: 'a.b', column: 'id' },
    { kind: 'folder', folder: '/t x/lake/orders', column: 'id' },
  ]);
});

it('names the placeholders that there are when one is not', () => {
  expect(() => tortureCommand(adapter(['load', '{source}']), places, null)).toThrow(
    /no placeholder \{source\}; there are \{folder\}/,
  );
  expect(() => tortureCommand(adapter([]), places, null)).toThrow(/names no program/);
});
