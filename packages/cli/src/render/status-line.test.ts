import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StatusLine } from './status-line.ts';

const ERASE = '\r\u001b[2K';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function statusOn(stream: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  let now = 5000;
  const status = new StatusLine({ ...stream, write: (text) => written.push(text) }, () => now);
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1000;
      vi.advanceTimersByTime(1000);
    }
  };
  return { status, written, pass };
}

describe('StatusLine', () => {
  it('comes at once on a terminal, counts the seconds, and leaves nothing behind', () => {
    const { status, written, pass } = statusOn({ isTTY: true });
    status.show('Looking');
    expect(written).toEqual([`${ERASE}Looking …`]);
    pass(3);
    expect(written.at(-1)).toBe(`${ERASE}Looking … 3 s`);
    status.show(null);
    expect(written.at(-1)).toBe(ERASE);
    const { length } = written;
    pass(3);
    status.show(null);
    expect(written).toHaveLength(length);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('makes way for lines that stay, and comes back below them', () => {
    const { status, written } = statusOn({ isTTY: true });
    status.show('Looking');
    status.print(['one\u001b', 'two']);
    expect(written.slice(1)).toEqual([`${ERASE}one\\u001b\ntwo\n`, `${ERASE}Looking …`]);
  });

  it('is never longer than the terminal, nor does it carry out what a name says', () => {
    const { status, written } = statusOn({ isTTY: true, columns: 20 });
    status.show(`Looking at \u0007${'x'.repeat(50)}`);
    expect(written[0]?.replace(ERASE, '')).toBe('Looking at \\u0007xx');
  });

  it('does not exist where no terminal is', () => {
    const { status, written, pass } = statusOn({});
    status.show('Looking');
    pass(5);
    status.print(['one']);
    status.show(null);
    expect(written).toEqual(['one\n']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
