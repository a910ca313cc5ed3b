import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A namespace in which mounts are our own and end with us; of users as well, where we may not mount otherwise. */
const namespace = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-Urm'];

/** Why no disks can be mounted here, as half a sentence; null: they can. */
export function missingMounts(): string | null {
  const [program = '', ...rest] = [...namespace, 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt'];
  const { error, status } = spawnSync(program, rest);
  if (error) return 'there is no unshare on this machine';
  return status === 0 ? null : 'this user may not mount disks, not even in a namespace of its own';
}

/** How a command in a script ended. */
export interface ScriptEnd {
  code: number;
  /** stdout and stderr together. */
  text: string;
}

/**
 * Runs a shell script with mounts of its own, which end with it.
 *
 * @param script Its functions: `calve <words>` runs the command line and reports how it ended; `fill <folder>` leaves no byte on the disk of a folder,
 *   `room <folder>` takes that back; `disk <folder> <size>` mounts an empty disk, `read_only <folder>` makes a folder read-only, also for root.
 * @returns One entry for each `calve`.
 */
export function withMounts(script: string, cwd: string): Promise<ScriptEnd[]> {
  return execute([...namespace, 'sh', '-uc'], script, cwd);
}

/** The same without mounts, and without any rights. */
export function inShell(script: string, cwd: string): Promise<ScriptEnd[]> {
  return execute(['sh', '-uc'], script, cwd);
}

async function execute([shell = '', ...words]: readonly string[], script: string, cwd: string): Promise<ScriptEnd[]> {
  const program = fileURLToPath(new URL('../../packages/cli/src/calve.ts', import.meta.url));
  const functions = `
    calve() { "$NODE" --conditions=calve-source "$PROGRAM" "$@"; printf '\\n\\001%s\\002' $? >&3; }
    fill() { dd if=/dev/zero of="$1/filler" bs=4k 2>/dev/null; test -s "$1/filler"; }
    room() { rm "$1/filler"; }
    disk() { mkdir -p "$1" && mount -t tmpfs -o size="$2" none "$1"; }
    read_only() { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"; }
  `;
  // One pipe for all, so that the order is that of time; the ends go there also where an output goes elsewhere.
  const child = spawn(shell, [...words, `exec 2>&1 3>&1\n${functions}\n${script}`], {
    cwd,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE: process.execPath,
      PROGRAM: program,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The script ended with ${code}: ${said}`);
  return said
    .split('\u0002')
    .slice(0, -1)
    .map((part) => {
      const [text = '', ended = ''] = part.split('\n\u0001');
      return { code: Number(ended), text };
    });
}
