// What is only needed where a table exists: loaded with the first one.

export { impossibleBeside } from './beside-fix.ts';
export { fitTableColumn } from './fit-table-column.ts';
export { holdFormerName } from './hold-former-name.ts';
