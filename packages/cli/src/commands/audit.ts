import type { AuditProgress } from '@calve/core';
import { visibleText } from '@calve/core/node';
import { auditLines } from '../render/audit-lines.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';

/** `calve audit`: reconciles folder, ledger and table; changes nothing. */
export const audit: Command = async (given, context) => {
  const { calve: opened, spec, names, table, rejectedTable } = await openIngestion(given, context);
  await using calve = opened;
  const { signal } = context;
  const onProgress = ({ part, done }: AuditProgress): void => {
    const rows = done === 0 ? '' : `, ${done.toLocaleString('en-US')} so far`;
    const words = {
      folder: 'Looking at the files of the folder',
      table: `Reading which files the rows of ${table} name${rows}`,
      rejected: `Reading which files the rows of ${rejectedTable ?? table} name${rows}`,
      ledger: `Reading what the ledger knows${rows}`,
    };
    context.busy(words[part]);
  };
  const audit = await calve.audit(spec, { signal, onProgress });
  const lines = auditLines(audit, names, context.lineOf);
  context.note([`Ingestion ${audit.ingestion}; its ledger, the memory of loaded files, is in ${audit.state}`]);
  return {
    document: { command: 'audit', exitCode: audit.isHealthy ? 0 : 10, error: null, audit },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
};
