import type { ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { HostMessage, ProcessMessage } from './decode-messages.ts';

/** How a process ended. */
export interface ProcessEnd {
  /** Exit code; null when a signal ended it or it never started. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True when the host ended it. */
  isKilled: boolean;
  /** The end of what it wrote to its standard error. */
  stderr: string;
  /** It could not be started, for instance for want of memory or processes. */
  startError?: Error;
}

/** Who wants to know what a process says, and how it ended. */
export interface ProcessListener {
  heard(message: ProcessMessage): void;
  ended(end: ProcessEnd): void;
}

/** What a process is started with. */
export interface ProcessStart {
  entry: string;
  flags: string[];
  variables: NodeJS.ProcessEnv;
  memoryBytes: number;
}

const STDERR_CHARACTERS = 8192;
/** The last words of a process follow its end at once; somebody else who holds its standard error open is not waited for. */
const LAST_WORDS_MILLISECONDS = 200;

/** A decode process as the host sees it. Keeps the host alive only between `ref` and `unref`. */
export class DecodeProcess {
  /** Whose files it has seen; it is given no other tenant's. */
  readonly tenant: string;
  /** Resolves when it has ended, however that came. Never rejects. */
  readonly gone: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  #listener: ProcessListener | null = null;
  #stderr = '';
  #isKilled = false;
  #end: ProcessEnd | null = null;
  #isGone = false;

  constructor(tenant: string, { entry, flags, variables, memoryBytes }: ProcessStart) {
    this.tenant = tenant;
    // Loaded now: most hosts decode in their own process, and Node takes milliseconds to load this.
    const { fork } = process.getBuiltinModule('node:child_process');
    this.#child = fork(entry, [String(process.pid), String(memoryBytes)], {
      execArgv: flags,
      env: variables,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.gone = this.#waitForEnd();
    this.#child.on('message', (message) => this.#listener?.heard(message as ProcessMessage));
    this.unref();
  }

  /** Its id for the operating system; undefined when it could not be started. */
  get id(): number | undefined {
    return this.#child.pid;
  }

  /** False from the moment that its end is known. */
  get isAlive(): boolean {
    return !this.#isGone && this.#child.connected;
  }

  /** From now on this one listens, and nobody else. `ended` is called at once when the process has ended. */
  listen(listener: ProcessListener | null): void {
    this.#listener = listener;
    if (this.#end) listener?.ended(this.#end);
  }

  /** Packed before it returns. What does not arrive is of no interest: the end of the process follows. */
  send(message: HostMessage): void {
    if (this.isAlive) this.#child.send(message, () => {});
  }

  /** Ends it at once. Idempotent. */
  async kill(): Promise<ProcessEnd> {
    this.ref();
    this.#isKilled ||= !this.#isGone;
    this.#child.kill('SIGKILL');
    return this.gone;
  }

  /** Somebody waits for it. */
  ref(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  /** Nobody waits for it. */
  unref(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  #waitForEnd(): Promise<ProcessEnd> {
    const child = this.#child;
    const decoder = new StringDecoder('utf8');
    const { stderr } = child;
    stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + decoder.write(chunk)).slice(-STDERR_CHARACTERS);
    });
    // A pipe of a process is a socket, which would keep the host alive.
    (stderr as { unref?(): void } | null)?.unref?.();
    return new Promise((resolve) => {
      const settle = (end: Omit<ProcessEnd, 'stderr' | 'isKilled'>): void => {
        if (this.#end) return;
        this.#isGone = true;
        this.#end = { ...end, isKilled: this.#isKilled, stderr: this.#stderr };
        this.#listener?.ended(this.#end);
        resolve(this.#end);
      };
      child.on('exit', (code, signal) => {
        this.#isGone = true;
        const timer = setTimeout(() => settle({ code, signal }), LAST_WORDS_MILLISECONDS);
        child.once('close', () => {
          clearTimeout(timer);
          settle({ code, signal });
        });
      });
      // Of a process that started its end is still to come.
      child.on('error', (error) => child.pid === undefined && settle({ code: null, signal: null, startError: error }));
    });
  }
}
