import { visibleText } from '@calve/core/node';
import { findingLines } from '../render/finding-lines.ts';
import { rowTable } from '../render/row-table.ts';
import { setAsideLines, skippedLines } from '../render/run-lines.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';
import { setAsideInPlan } from './set-aside-in-plan.ts';

/** `calve preview`: the first rows as they would arrive. */
export const preview: Command = async (given, context) => {
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec, names, hasSpecFile, table } = ingestion;
  await using calve = opened;
  const { plan, fields, rows, findings, rejected } = await calve.preview(spec, {
    signal: context.signal,
    ...(given.rows === undefined ? {} : { rows: given.rows }),
  });
  const { setAside, before, exitCode } = await setAsideInPlan(plan, given.allow, ingestion);
  context.note(findingLines(findings, { names, hasSpecFile }));
  // Whoever looks at the rows has to see that there are files that give none.
  const without = [...skippedLines(plan.batch.skipped), ...setAsideLines(setAside, before, { names, hasSpecFile })];
  const lines = [
    ...(rows.length === 0 ? [`No row would arrive in ${table}.`] : rowTable(fields, rows)),
    ...(rejected.length === 0 ? [] : ['', 'These rows would be rejected:']),
    ...rejected.flatMap(({ position, codes, raw }) => [
      `  ${names.of(position.unit)}${position.line === undefined ? '' : `:${position.line}`}  ${codes.join(', ')}`,
      `    ${rawText(raw)}`,
    ]),
    ...(without.length === 0 ? [] : ['', ...without]),
  ];
  return {
    document: {
      command: 'preview',
      exitCode,
      error: null,
      preview: { planId: plan.id, fields, rows, findings, rejected, setAside, quarantinedBefore: before },
    },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
};

function rawText(raw: string): string {
  return raw.length <= 100 ? raw.trimEnd() : `${raw.slice(0, 99)}…`;
}
