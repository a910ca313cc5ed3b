import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../readers/readers-status.ts';

/** What `tools/prepare-browser.ts` found or fetched. Without a `path` the tier is left out; `reason` is half a sentence. */
export interface BrowserStatus {
  /** A Chromium that starts without a screen. */
  path: string | null;
  /** As it calls itself: `Chromium 153.0.8010.0`. */
  version: string | null;
  reason: string | null;
}

/** Where the status is kept. */
export function browserStatusFile(): string {
  return join(cacheFolder(), 'browser.json');
}

/** The status of the last preparation; missing when there was none. */
export function browserStatus(): BrowserStatus {
  if (existsSync(browserStatusFile())) return JSON.parse(readFileSync(browserStatusFile(), 'utf8')) as BrowserStatus;
  return { path: null, version: null, reason: 'the browser was not fetched yet: run ./dev readers' };
}
