// A preload: `Date.now` jumps to the next of the offsets with each call, or libfaketime is told to every few milliseconds.
import { writeFileSync } from 'node:fs';

const offsets = (process.env['CALVE_TEST_CLOCK'] ?? '0').split(',').map(Number);
const file = process.env['FAKETIME_TIMESTAMP_FILE'];
let turn = 0;
const next = (): number => offsets[turn++ % offsets.length] ?? 0;

if (file) {
  const jump = (): void => {
    const seconds = Math.round(next() / 1000);
    writeFileSync(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}`);
  };
  jump();
  setInterval(jump, 3).unref();
} else {
  const now = Date.now.bind(Date);
  Date.now = () => now() + next();
}
