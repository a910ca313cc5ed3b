import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compiledCodeVariables } from '../compiled-code.ts';
import { readersStatus } from './readers-status.ts';

interface Answer {
  id?: number;
  ready?: true;
  /** The answer was too long for a line and lies here. */
  file?: string;
  result?: unknown;
  error?: { type: string; message: string; trace: string };
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How much of what a service printed is shown when it dies. */
const keptOutput = 8_000;

/** How long a service may take to end after its input has ended. */
const patienceMilliseconds = 60_000;

/** One Python service that answers JSON lines. Its files live in a folder of its own, which `stop` removes. */
export class ReaderProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #pending = new Map<number, Pending>();
  #output = '';
  #lastId = 0;
  #dead: Error | undefined;

  private constructor(script: string, parameters: readonly string[]) {
    const { path, reason } = readersStatus().python;
    if (path === null) throw new Error(`${script} cannot be started: ${reason}.`);
    this.#folder = mkdtempSync(join(tmpdir(), 'calve-reader-'));
    this.#child = spawn(path, [join(import.meta.dirname, script), ...parameters], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ...compiledCodeVariables(),
        PYTHONUNBUFFERED: '1',
        TMPDIR: this.#folder,
        SPARK_LOCAL_DIRS: this.#folder,
        SPARK_LOCAL_IP: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#output = (this.#output + bytes.toString()).slice(-keptOutput);
    });
    // Writing to a service that has died fails here; `#die` tells the callers why.
    this.#child.stdin?.on('error', () => {});
    this.#child.on('error', (error) => this.#die(`${script} cannot be started: ${error.message}`));
    this.#child.on('close', (code, signal) => this.#die(`${script} ended with ${signal ?? code}`));
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.#receive(line));
  }

  /**
   * Starts a service and waits until it is ready: about one second for PyIceberg and DuckDB, ten for Spark.
   *
   * @param script File name in this folder.
   */
  static async start(script: string, parameters: readonly string[] = []): Promise<ReaderProcess> {
    const service = new ReaderProcess(script, parameters);
    await new Promise((resolve, reject) => service.#pending.set(0, { resolve, reject }));
    return service;
  }

  /** Calls one method. Calls are answered in order. Rejects with what the service raised, its trace included. */
  call<T>(method: string, params: Record<string, unknown>): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = ++this.#lastId;
    const answer = new Promise<T>((resolve, reject) =>
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject }),
    );
    this.#child.stdin?.write(`${JSON.stringify({ id, method, params })}\n`);
    return answer;
  }

  /** Ends the service and removes its files. May be called again. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null && !this.#dead) {
      const closed = once(this.#child, 'close');
      this.#child.stdin?.end();
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMilliseconds);
      await closed;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #receive(line: string): void {
    let answer = JSON.parse(line) as Answer;
    if (answer.file) {
      const { file } = answer;
      answer = JSON.parse(readFileSync(file, 'utf8')) as Answer;
      rmSync(file);
    }
    const id = answer.ready ? 0 : (answer.id ?? -1);
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (answer.error) pending?.reject(new Error(`${answer.error.type}: ${answer.error.message}\n${answer.error.trace}`));
    else pending?.resolve(answer.result);
  }

  #die(reason: string): void {
    if (this.#dead) return;
    this.#dead = new Error(`${reason}. What it said last:\n${this.#output || '(nothing)'}`);
    for (const { reject } of this.#pending.values()) reject(this.#dead);
    this.#pending.clear();
  }
}
