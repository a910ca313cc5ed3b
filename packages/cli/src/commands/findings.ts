import { visibleText } from '@calve/core/node';
import { findingsReportLines } from '../render/findings-report-lines.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';

/** `calve findings`: what did not land, and why; changes nothing. */
export const findings: Command = async (given, context) => {
  const { calve: opened, spec, names } = await openIngestion(given, context);
  await using calve = opened;
  const report = await calve.findings(spec, { signal: context.signal });
  const lines = findingsReportLines(report, names, context.lineOf);
  const isOpen = report.findings.some(({ severity }) => severity !== 'info');
  return {
    document: { command: 'findings', exitCode: isOpen ? 10 : 0, error: null, findings: report },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
};
