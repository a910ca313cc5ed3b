// Preloaded: as soon as the process has said the words in CALVE_TEST_HOLD_AT, once, it stands still until the file in CALVE_TEST_GO_ON is there.
import { existsSync } from 'node:fs';

const { CALVE_TEST_HOLD_AT: words, CALVE_TEST_GO_ON: file } = process.env;
const write = process.stderr.write.bind(process.stderr) as (...parameters: unknown[]) => boolean;
let isHeld = false;

process.stderr.write = (...parameters: unknown[]): boolean => {
  const answer = write(...parameters);
  if (words !== undefined && file !== undefined && !isHeld && String(parameters[0]).includes(words)) {
    isHeld = true;
    const clock = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(file)) Atomics.wait(clock, 0, 0, 20);
  }
  return answer;
};
