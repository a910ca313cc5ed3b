/**
 * One process, for others that wait for it: they ask whether it is still alive. Plain JSON, compared only by the kind of platform that gave it.
 */
export interface ProcessIdentity {
  /** Name of the machine, for people. */
  host: string;
  pid: number;
  /** This start of the machine's kernel, since two machines may have one name; null: not known. */
  boot: string | null;
  /** Where the pid counts: containers count anew; null: not known. */
  namespace: string | null;
  /** When the process started, in words of the platform, since pids are given again; null: not known. */
  started: string | null;
}
