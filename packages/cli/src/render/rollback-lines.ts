import { bytesText, type FileGroup, type RollbackPreview, type RollbackResult, type RolledBackTable } from '@calve/core';
import type { FileNames } from './file-names.ts';
import { filesText } from './run-lines.ts';

/**
 * What accepting a rollback would mean: which tables, which files and rows, and what each choice does.
 *
 * @param tableNames By output.
 */
export function rollbackPreviewLines(
  preview: RollbackPreview,
  names: FileNames,
  tableNames: Readonly<Record<string, string>>,
): string[] {
  const { ingestion, table, tables, open, files, gone, back, rows, twice, isTold } = preview;
  if (Object.keys(tables).length === 0) return [`No table of "${ingestion}" was rolled back, or that was accepted before.`];
  const count = (number: number): string => number.toLocaleString('en-US');
  const tableOf = (output: string): string => tableNames[output] ?? output;
  const lost = Object.entries(rows).map(([output, number]) => `  ${count(number)} rows are not in ${tableOf(output)} any more`);
  const doubled = Object.entries(twice).map(
    ([output, number]) =>
      `  ${count(number)} rows of these files are still in ${tableOf(output)}; with --reingest they are there twice`,
  );
  return [
    ...Object.values(tables).map(tableLine),
    ...lost,
    ...(files.count > 0 ? [`  concerned   ${groupText(files, names)}`] : []),
    ...(gone.count > 0
      ? [`  lost        ${groupText(gone, names)}: no longer in the landing folder, nothing brings their rows back`]
      : []),
    ...(back.count > 0 ? [`  back        ${groupText(back, names)}: their rows came back, so they count as loaded again`] : []),
    ...doubled,
    ...(open
      ? [`  Commit ${open.sequence} was left open by an earlier run; it goes on, unless it is one of those that went.`]
      : []),
    ...(isTold
      ? [
          'What becomes of the files whose rows went:',
          `  --reingest   ${filesText(files.count)} load again with the next run`,
          `  --leave-out  ${filesText(files.count + gone.count)} count as loaded, without a row in ${table}`,
        ]
      : [
          'Which files went cannot be told: snapshots have expired, and the table has no columns that name the file of a row.',
          '  --leave-out  what is missing stays out; all files that count as loaded now go on doing so',
        ]),
  ];
}

/** What was done. */
export function rollbackAcceptedText({ outcome, files, back }: RollbackResult, isReingested: boolean): string {
  if (outcome === 'nothing-to-accept')
    return 'Nothing to accept: no table was rolled back, or that was accepted before. Nothing was changed.';
  const fate = isReingested ? 'load again' : files === 1 ? 'stays out' : 'stay out';
  const returned = back > 0 ? `; ${filesText(back)} whose rows came back count as loaded again` : '';
  return `Accepted: ${filesText(files)} ${isReingested && files === 1 ? 'loads again' : fate}${returned}. A further rollback will stop a run again.`;
}

function tableLine({ table, rollback, proven, shown }: RolledBackTable): string {
  const was = shown === 0 ? 'to before the first commit that it lists' : `to commit ${shown}`;
  switch (rollback) {
    case 'rolled-back':
      return `${table} was rolled back ${was}; the last commit was ${proven}.`;
    case 'undecidable':
      return `Whether ${table} was rolled back to before commit ${proven} cannot be told: snapshots have expired.`;
    case 'came-back':
      return `${table} was put back to commit ${proven}, after its rollback was accepted.`;
  }
}

function groupText({ count, bytes, examples }: FileGroup, names: FileNames): string {
  const more = count > examples.length ? ', …' : '';
  return `${filesText(count)} (${bytesText(bytes)}; ${examples.map((uri) => names.of(uri)).join(', ')}${more})`;
}
