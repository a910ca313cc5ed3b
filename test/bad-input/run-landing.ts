import { expect } from 'vitest';
import type { FileSetAside, RunDocument } from '../../packages/cli/src/documents.ts';
import { type CalveEnd, type TestFolder, testFolder } from '../../packages/cli/test/run-calve.ts';

/** No file of this folder may cost the CLI more, whatever its size. */
const MEMORY_BYTES = 300e6;

/** Two rows that always load: what the other files of a landing folder look like. */
export const GOOD = 'id,name\n1,Ada\n2,Grace\n';

/** How the CLI ended on a landing folder, and what the table holds then. */
export interface Landed {
  code: number | null;
  /** What a person sees, stdout and stderr. */
  screen: string;
  /** What a program gets from the same command. */
  document: RunDocument;
  /** By file name. */
  setAside: Record<string, FileSetAside>;
  /** Codes of the findings, in their order. */
  findings: string[];
  /** Messages of the findings with this code. */
  messages(code: string): string[];
  /** The first 100 rows without the columns that Calve adds; empty when there is no table. */
  rows: Record<string, unknown>[];
}

/**
 * Runs `calve run` on files, once as people do and once with `--json`, into two lakes. Looks at what must hold whatever the files are: the
 * process ends by itself, its memory is bounded, both say the same, what is set aside is on the screen with its code, and no stack trace is.
 */
export async function runLanding(
  folder: TestFolder,
  files: Readonly<Record<string, string | Uint8Array>>,
  words: readonly string[] = [],
): Promise<Landed> {
  folder.write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`landing/${name}`, content])));
  return landed(folder, (lake) => ['run', 'landing', lake, ...words]);
}

/** The same for any command that ends with the document of a run. */
export async function landed(folder: TestFolder, words: (lake: string) => readonly string[]): Promise<Landed> {
  const [seen, told] = await Promise.all([folder.calve(words('lake')), folder.calve([...words('lake-of-program'), '--json'])]);
  assertCalm(seen);
  assertCalm(told);
  const screen = seen.stdout + seen.stderr;
  const document = JSON.parse(told.stdout) as RunDocument;
  expect([seen.code, told.code]).toEqual([document.exitCode, document.exitCode]);
  const { setAside = [], findings = [] } = document.run ?? {};
  for (const { code, file } of setAside) {
    expect(screen).toContain(code);
    expect(screen).toContain(file);
  }
  if (document.error) expect(screen).toContain(document.error.code);
  return {
    code: seen.code,
    screen,
    document,
    setAside: Object.fromEntries(setAside.map((file) => [file.file, file])),
    findings: findings.map(({ code }) => code),
    messages: (code) => findings.filter((finding) => finding.code === code).map(({ message }) => message),
    rows: document.run?.readers ? await rowsOf(folder) : [],
  };
}

async function rowsOf(folder: TestFolder): Promise<Record<string, unknown>[]> {
  const head = await folder.calve(['head', 'landing', 'lake', '--json', '--rows', '100']);
  assertCalm(head);
  const { rows } = JSON.parse(head.stdout) as { rows: { rows: Record<string, unknown>[] } };
  return rows.rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !ADDED.has(name))));
}

const ADDED = new Set(['_source_file', '_source_version', '_ingested_at']);

function assertCalm({ signal, stderr, stdout, peakMemoryBytes }: CalveEnd): void {
  expect(signal).toBeNull();
  expect(stderr + stdout).not.toMatch(/\n\s+at .+:\d+:\d+/);
  expect(stderr).not.toMatch(/node:internal|ERR_|TypeError|RangeError|undefined/);
  expect(peakMemoryBytes).toBeGreaterThan(0);
  expect(peakMemoryBytes).toBeLessThan(MEMORY_BYTES);
}

export { testFolder };
