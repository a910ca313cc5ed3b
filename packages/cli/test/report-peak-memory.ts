// Preloaded into the CLI by `runCalve`: when the process ends it leaves the most memory that it and its child processes held in a file.
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';

/** Between two looks at the children, which may be killed at any time: what they hold is not known afterwards. */
const LOOK_MILLISECONDS = 20;

const file = process.env['CALVE_TEST_PEAK_MEMORY'];
if (file !== undefined) {
  const children = new Set<ChildProcess>();
  let peakChildMemoryBytes = 0;
  const look = (): void => {
    for (const { pid } of children) peakChildMemoryBytes = Math.max(peakChildMemoryBytes, pid === undefined ? 0 : peakBytes(pid));
  };
  subscribe('child_process', (message) => {
    // Told before it has a number.
    children.add((message as { process: ChildProcess }).process);
    if (children.size === 1) setInterval(look, LOOK_MILLISECONDS).unref();
  });
  process.on('exit', () => {
    look();
    const peakMemoryBytes = peakBytes(process.pid) || process.resourceUsage().maxRSS * 1024;
    writeFileSync(file, JSON.stringify({ peakMemoryBytes, peakChildMemoryBytes, childProcesses: children.size }));
  });
}

/**
 * 0: the process is gone, or this is not Linux. There `VmHWM` is better than `maxRSS`, which begins with the size of the process that started
 * this one.
 */
function peakBytes(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
