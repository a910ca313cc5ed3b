import { sinkConformance } from '@calve/testkit';
import { describe, it } from 'vitest';
import { temporaryLake } from './temporary-lake.ts';

describe('icebergSink with a SQLite catalog', () => {
  sinkConformance(it, {
    start: async () => ({ ...(await temporaryLake()), target: { table: 'sales.orders' } }),
  });
});

describe('a partitioned table', () => {
  const partitionBy = [
    { transform: 'bucket', column: 'id', buckets: 4 },
    { transform: 'identity', column: 'name' },
  ];
  sinkConformance(it, {
    start: async () => ({ ...(await temporaryLake()), target: { table: 'sales.by.bucket', partitionBy } }),
  });
});
