import type { HistoryOptions } from '@calve/testkit';
import { leaseLabels, ledgerLabels, stepLabels } from '../crash/step-labels.ts';

const ofRuns = [...stepLabels('core', 'sink-iceberg'), ...leaseLabels()];
const ofOperation = (name: string): string[] => ledgerLabels().filter((label) => label.startsWith(`core.${name}.`));

/** Where processes of a history may die. */
export const HISTORY_STEPS: Pick<HistoryOptions, 'steps' | 'ownSteps'> = {
  steps: ofRuns,
  ownSteps: {
    'process-resets': ofOperation('reset'),
    'process-adopts': ofOperation('adopt'),
    'process-accepts-rollback': ofOperation('accept-rollback'),
  },
};

/** All of them: histories that never come to one prove nothing of it. */
export const HISTORY_LABELS: readonly string[] = [...ofRuns, ...ledgerLabels()].sort();
