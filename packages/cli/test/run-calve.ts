import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const program = fileURLToPath(new URL('../src/calve.ts', import.meta.url));
const preload = new URL('./report-peak-memory.ts', import.meta.url).href;

/** How a CLI process is started. */
export interface CalveOptions {
  /** Default: that of the tests. */
  cwd?: string;
  /** Added to the environment of the tests. */
  env?: Record<string, string>;
  /** Written to stdin. */
  input?: string | Uint8Array;
  /** Sees the process when it was started: to send it signals, or to close its streams. */
  onStart?: (child: ChildProcess) => void;
}

/** How a CLI process ended. */
export interface CalveEnd {
  /** null: a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The most memory that the CLI's own process held; 0 when it was killed. */
  peakMemoryBytes: number;
  /** The most memory that one of its child processes held, as far as it was seen, on Linux; 0 without children. */
  peakChildMemoryBytes: number;
  /** How many processes it started. */
  childProcesses: number;
}

/**
 * Runs the real CLI, from its sources, as a process of its own.
 *
 * @param words As a shell would pass them: `['run', './landing', './lake', '--json']`.
 */
export async function runCalve(words: readonly string[], options: CalveOptions = {}): Promise<CalveEnd> {
  const memory = mkdtempSync(join(tmpdir(), 'calve-memory-'));
  try {
    const child = spawn(process.execPath, ['--conditions=calve-source', `--import=${preload}`, program, ...words], {
      cwd: options.cwd,
      env: { ...process.env, NODE_OPTIONS: '', CALVE_TEST_PEAK_MEMORY: join(memory, 'peak.json'), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A program that does not read its input closes it early.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    options.onStart?.(child);
    const { code, signal } = await new Promise<Pick<CalveEnd, 'code' | 'signal'>>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    return { code, signal, stdout, stderr, ...peaks(join(memory, 'peak.json')) };
  } finally {
    rmSync(memory, { recursive: true });
  }
}

function peaks(file: string): Pick<CalveEnd, 'peakMemoryBytes' | 'peakChildMemoryBytes' | 'childProcesses'> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  return { peakMemoryBytes: 0, peakChildMemoryBytes: 0, childProcesses: 0 };
}

/** A folder for one test. */
export interface TestFolder {
  path: string;
  /** Absolute path of something in it. */
  at(name: string): string;
  /**
   * Writes files, with their folders. Their times lie a minute back, so that they count as written to the end and no run waits for them.
   *
   * @param files By path below the folder: `{ 'landing/a.csv': 'id\n1\n' }`.
   */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Runs the CLI in it. */
  calve(words: readonly string[], options?: Omit<CalveOptions, 'cwd'>): Promise<CalveEnd>;
  [Symbol.dispose](): void;
}

/** A new temporary folder; `using folder = testFolder()` removes it at the end of the test. */
export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'calve-cli-'));
  const at = (name: string): string => join(path, name);
  return {
    path,
    at,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(at(name)), { recursive: true });
        writeFileSync(at(name), content);
        makeOld(at(name));
      }
    },
    calve: (words, options = {}) => runCalve(words, { ...options, cwd: path }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Sets the time of a file a minute back: a run takes it at once. */
export function makeOld(path: string): void {
  const at = new Date(Date.now() - 60_000);
  utimesSync(path, at, at);
}

/** The `file://` URI of a path. */
export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}
