// `@calve/testkit/torture`: needs Node, processes and a disk, so it is an entry of its own.
export type { KillPlan, KillPoint } from './kill-plan.ts';
export { killsOfLake } from './kill-plan.ts';
export { pyIcebergRowReader } from './pyiceberg-row-reader.ts';
export type { RowReader } from './row-reader.ts';
export type { BatchDamage } from './tally-rows.ts';
export type { TortureOptions } from './torture.ts';
export { torture } from './torture.ts';
export type { TortureAdapter, TorturePlaces, TortureTable } from './torture-adapter.ts';
export type { TortureResult } from './torture-result.ts';
export { isWhole, placesTable, tortureTable } from './torture-result.ts';
