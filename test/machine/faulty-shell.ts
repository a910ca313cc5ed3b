import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Numbers in the control file of `faulty-disk.c`: at, count, error, failed. */
export const CONTROL_FIELDS = 4;

/** What a disk says that cannot be written. */
export type DiskError = 'ENOSPC' | 'EDQUOT' | 'EIO' | 'EROFS';

/** One line to a process of `command-shell.ts`. */
export interface FaultyCommand {
  words: readonly string[];
  cwd: string;
  /** Which call that changes the disk is the first to fail; all after it fail too. 0: none. */
  at: number;
  /** The number of the error. */
  error: number;
}

/** How such a command ended. */
export interface FaultyEnd {
  code: number;
  stdout: string;
  stderr: string;
  /** Calls that were answered with the error. */
  failed: number;
  /** Each call that changes the disk: `17 write /…/catalog.db-journal`. */
  calls: string[];
}

/** Why disks cannot be made to fail here, as half a sentence; null: they can. */
export function missingFaultyDisk(): string | null {
  if (process.platform !== 'linux') return 'system calls are intercepted on Linux only';
  return spawnSync('cc', ['--version']).error ? 'there is no C compiler (cc) on this machine' : null;
}

/** Runs command lines of Calve in one process, below which the disk fails when it is told to. No rights are needed. */
export class FaultyShell implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #said = '';

  /**
   * @param folder An empty place for its files.
   * @param disk The folder whose disk fails; everything else goes on working.
   */
  constructor(folder: string, disk: string) {
    mkdirSync(folder, { recursive: true });
    const library = join(folder, 'faulty-disk.so');
    const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, 'faulty-disk.c'), '-ldl']);
    if (built.status !== 0) throw new Error(`faulty-disk.c does not compile: ${built.stderr}`);
    const [control, trace] = [join(folder, 'control'), join(folder, 'trace')];
    writeFileSync(control, Buffer.alloc(CONTROL_FIELDS * 8));
    this.#child = spawn(process.execPath, ['--conditions=calve-source', join(import.meta.dirname, 'command-shell.ts')], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        ...{ LD_PRELOAD: library, FAULTY_DISK_FOLDER: disk, FAULTY_DISK_CONTROL: control, FAULTY_DISK_TRACE: trace },
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString();
    });
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /**
   * Runs one command.
   *
   * @param at Which call that changes the disk is the first to fail; 0: none.
   */
  async calve(words: readonly string[], cwd: string, at = 0, error: DiskError = 'ENOSPC'): Promise<FaultyEnd> {
    const command: FaultyCommand = { words, cwd, at, error: constants.errno[error] };
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`The process of the commands has ended: ${this.#said}`);
    return JSON.parse(value) as FaultyEnd;
  }

  /** Ends the process: whoever looks for it finds it dead. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin?.end();
    await closed;
  }
}
