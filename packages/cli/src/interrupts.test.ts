import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForInterrupts } from './interrupts.ts';

function listening() {
  const source = new EventEmitter();
  const told: string[] = [];
  const interrupts = listenForInterrupts(
    source,
    () => told.push('stopping'),
    () => told.push('stop now'),
  );
  return { source, told, interrupts };
}

describe('listenForInterrupts', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ])('%s aborts, %s behind it stops at once', (first, second) => {
    const { source, told, interrupts } = listening();
    expect(interrupts.signal.aborted).toBe(false);
    source.emit(first);
    expect([interrupts.signal.aborted, told]).toEqual([true, ['stopping']]);
    source.emit(second);
    expect(told).toEqual(['stopping', 'stop now']);
  });

  it('leaves no listener behind', () => {
    const { source, interrupts } = listening();
    interrupts.stop();
    expect(source.eventNames()).toEqual([]);
  });
});
