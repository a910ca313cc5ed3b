import { describe } from 'vitest';
import { judgeHistories } from './judge-histories.ts';

describe('every kind of write into a table with partitions', () => {
  judgeHistories(true);
});
