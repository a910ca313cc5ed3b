import type { PlanWords } from '@calve/core';
import { FILE_URI } from '@calve/core/plugin';
import type { FileNames } from './file-names.ts';
import { fixText } from './fix-text.ts';
import { optionWords } from './option-words.ts';

/** How a plan is told on a screen. Whether a spec file was given is not in a plan, so what is to be done is said in words that fit both. */
export function planWords(names: FileNames): PlanWords {
  return {
    // What is left are the folders of new tables.
    sentence: (text) => optionWords(names.inText(text).replace(FILE_URI, (uri) => names.of(uri))),
    fix: (fix) => fixText(fix, true),
  };
}
