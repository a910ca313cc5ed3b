import { describe, expect, it } from 'vitest';
import { WaitingNotes } from './waiting-notes.ts';

function noted(...pages: (readonly [place: string, note: string | null])[][]): WaitingNotes {
  const notes = new WaitingNotes();
  for (const [index, page] of pages.entries()) {
    for (const [place, note] of page) notes.set(place, note);
    if (index < pages.length - 1) notes.pack();
  }
  return notes;
}

describe('notes that wait', () => {
  it('come in the order in which they were noted, packed or not', () => {
    const notes = noted([['b', '1']], [['a', '2']], [['b', null]]);
    expect([...notes.all()]).toEqual([
      ['b', '1'],
      ['a', '2'],
      ['b', null],
    ]);
    expect(notes.size).toBe(3);
  });

  it('are found between two places, both included', () => {
    const pages = noted(
      [
        ['b', '2'],
        ['a', '1'],
      ],
      [
        ['c', '3'],
        ['d', '4'],
      ],
      [
        ['e', '5'],
        ['f', null],
      ],
    );
    const between = (from: string, until: string): string[] => [...pages.between(from, until)].map(([place]) => place);
    expect(between('b', 'e')).toEqual(['b', 'c', 'd', 'e']);
    expect(between('a', 'a')).toEqual(['a']);
    expect(between('f', 'z')).toEqual(['f']);
    expect(between('bb', 'bc')).toEqual([]);
  });

  it('are those that were noted, whatever letters they have', () => {
    const places = ['file:///ä b/🧊.csv', 'file:///"\\\n', ''];
    const notes = noted(
      places.map((place) => [place, `note of ${place}`] as const),
      [],
    );
    expect([...notes.all()].map(([place]) => place)).toEqual(places);
    expect([...notes.between('', 'g')]).toHaveLength(3);
  });

  it('take no note away when there is nothing to pack', () => {
    const notes = new WaitingNotes();
    notes.pack();
    expect([...notes.all()]).toEqual([]);
    expect(notes.size).toBe(0);
  });
});
