export type { PrintedFile, PrintedProgram } from './print-pyspark.ts';
export { printPySpark } from './print-pyspark.ts';
export type { RefusalCode } from './refusal.ts';
