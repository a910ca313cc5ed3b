// Bundled for the browser; what a test calls in the page.
import { browserEnvironment } from '@calve/core/browser';
import { planFiles } from './plan-files.ts';

/** The files that were chosen in the page's form. */
function chosenFiles(): File[] {
  const files = document.querySelector('input')?.files ?? [];
  for (const file of files) {
    const whole = () => Promise.reject(new Error(`${file.name} was read whole`));
    Object.assign(file, { arrayBuffer: whole, bytes: whole, text: whole, stream: whole });
  }
  return [...files];
}

Object.assign(globalThis, {
  planWithFixedClock: () => planFiles(chosenFiles(), browserEnvironment()),
  planByDefault: () => planFiles(chosenFiles()),
});
