import type { ReplayPreview } from '@calve/core';
import type { FileNames } from './file-names.ts';
import { optionWords } from './option-words.ts';

/** What a replay would do: files, rows, and what stays where it is. */
export function replayPreviewLines({ table, files, rows, left }: ReplayPreview, names: FileNames): string[] {
  const lines = [
    ...files.map(({ uri, state, message }) =>
      state === 'load'
        ? `  load  ${names.of(uri)}`
        : `  ${state}  ${names.of(uri)}${message === null ? '' : `: ${optionWords(names.inText(message))}`}`,
    ),
    ...rows.map(
      ({ uri, sequence, rows: all, accepted }) =>
        `  load  ${accepted} of ${all} rejected ${all === 1 ? 'row' : 'rows'} of ${names.of(uri)}, from commit ${sequence}`,
    ),
    ...left.map(({ message }) => `  stay  ${optionWords(names.inText(message))}`),
  ];
  return lines.length === 0
    ? ['Nothing waits that could go again.']
    : [`A replay into ${table} would:`, ...lines, 'Nothing was changed.'];
}
