import { describe, expect, it } from 'vitest';
import type { Recovery } from '../errors/recovery.ts';
import { type LakeFacts, lakeFindings } from './lake-findings.ts';

const fitting: LakeFacts = {
  table: 'default.orders',
  head: null,
  mismatch: null,
  unread: [],
  compared: 'files',
  rows: null,
  nameless: 0,
  lostRejectedRows: 0,
  unsettled: 0,
  isChanging: false,
};

function findingsOf(facts: Partial<LakeFacts>) {
  return lakeFindings({ ...fitting, ...facts });
}

describe('an audit, beside the files themselves,', () => {
  it('has nothing to say where everything fits', () => {
    expect(findingsOf({})).toEqual([]);
  });

  it('names files that are still being written, as information', () => {
    expect(findingsOf({ unsettled: 2 })).toMatchObject([
      { kind: 'unsettled', severity: 'information', files: 2, choices: [{ command: 'run' }] },
    ]);
  });

  it('says that a run commits at the same time, and to audit again', () => {
    expect(findingsOf({ isChanging: true })).toMatchObject([
      { kind: 'changed-meanwhile', severity: 'warning', choices: [{ command: 'audit' }] },
    ]);
  });

  it('takes what a run would stop with for an error, and names the command of each choice that has one', () => {
    const recovery: Recovery = {
      kind: 'decide',
      choices: ['restore the state', 'adopt the table, which rebuilds the state from its rows'],
    };
    const mismatch = {
      code: 'CHECKPOINT_BEHIND',
      message: 'It is an old copy.',
      recovery,
      diagnostics: [],
      context: {},
    };
    expect(findingsOf({ mismatch })).toMatchObject([
      {
        kind: 'ledger-and-table',
        severity: 'error',
        reason: 'CHECKPOINT_BEHIND',
        choices: [{ command: null }, { command: 'adopt' }],
      },
    ]);
  });
});
