import { ReaderProcess } from './reader-process.ts';
import { readersStatus } from './readers-status.ts';

/** Starts Spark in a process of its own. */
export function startSparkProcess(conf: Record<string, string>): Promise<ReaderProcess> {
  const { path, reason, jars } = readersStatus().java;
  if (path === null) return Promise.reject(new Error(`Spark cannot be started: ${reason}.`));
  return ReaderProcess.start('spark_service.py', [JSON.stringify({ ...conf, 'spark.jars': jars.join(',') })]);
}
