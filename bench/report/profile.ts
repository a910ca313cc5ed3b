import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { kernelNames } from './kernel-names.ts';

/** What is read of a profile of V8. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

/** A function and the time that passed in itself, without those that it calls. */
export interface ProfiledFunction {
  readonly name: string;
  /** File and line, from 1; empty for V8's own. */
  readonly place: string;
  readonly milliseconds: number;
}

/**
 * The functions with the most time of their own, of all threads whose profiles lie in a folder, most first; idle time does not count.
 *
 * @param root The work tree that was measured, from whose kernels compiled functions get their names.
 */
export function topFunctions(folder: string, count: number, root: string): ProfiledFunction[] {
  const kernelName = kernelNames(root);
  const times = new Map<string, ProfiledFunction>();
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    const byId = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of samples.entries()) {
      const { functionName, url, lineNumber } = byId.get(id)!;
      if (functionName === '(idle)') continue;
      const place = url === '' ? '' : `${basename(url)}:${lineNumber + 1}`;
      const key = `${functionName} ${place}`;
      const milliseconds = (times.get(key)?.milliseconds ?? 0) + (timeDeltas[index] ?? 0) / 1000;
      const name = kernelName(basename(url), functionName) ?? (functionName === '' ? '(anonymous)' : functionName);
      times.set(key, { name, place, milliseconds });
    }
  }
  return [...times.values()].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, count);
}

/** Such functions as a table in Markdown. */
export function profileTable(functions: readonly ProfiledFunction[]): string {
  const rows = functions.map(({ name, place, milliseconds }) => `| \`${name}\` | ${place} | ${milliseconds.toFixed(0)} |`);
  return ['| function | place | ms of its own |', '| --- | --- | ---: |', ...rows].join('\n');
}
