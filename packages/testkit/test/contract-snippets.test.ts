import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readContractPage, readSnippets } from './read-contract-page.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** Those with an example of their own; of formats and sinks the skeletons are the examples. */
const pages = ['source', 'checkpoint-store'];
const readme = fileURLToPath(new URL('../README.md', import.meta.url));

/** A project that has only what a plugin author would install. */
let project: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'calve-contracts-')));
  for (const [name, target] of [
    ['@calve/core', 'packages/core'],
    ['@calve/testkit', 'packages/testkit'],
    ['@calve/format-csv', 'packages/format-csv'],
    ['zod', 'packages/core/node_modules/zod'],
    ['@types/node', 'node_modules/@types/node'],
  ] as const) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repository, target), link);
  }
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ extends: join(repository, 'tsconfig.base.json'), include: ['*/*.ts'] }),
  );
  const documents = pages.map((page) => [page, readContractPage(page).snippets] as const);
  for (const [folder, snippets] of [...documents, ['readme', readSnippets(readme)] as const]) {
    mkdirSync(join(project, folder));
    for (const [file, code] of snippets) writeFileSync(join(project, folder, file), code);
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it('the examples compile', async () => {
  expect(await run('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', 'false', '-p', project])).toBe('');
});

it('the examples of the README do what they say', async () => {
  const files = [...readSnippets(readme).keys()].map((file) => join(project, 'readme', file));
  expect(files.length).toBeGreaterThan(0);
  expect(await runTests(files)).toBeGreaterThanOrEqual(3);
});

describe.each(pages)('the example of docs/contracts/%s.md', (page) => {
  it('passes the suite under the test runner of Node', async () => {
    expect([...readContractPage(page).snippets.keys()]).toContain('conformance.test.ts');
    const passed = await runTests([join(project, page, 'conformance.test.ts')]);
    expect(passed).toBeGreaterThanOrEqual(readContractPage(page).cases.length);
  });
});

/** How many tests passed; a failed one is an error. */
async function runTests(files: readonly string[]): Promise<number> {
  const output = await run(null, ['--conditions=calve-source', '--test', '--test-reporter=tap', ...files]);
  expect(output).toContain('\n# fail 0\n');
  return Number(/^# pass (\d+)$/m.exec(output)?.[1]);
}

/** What a program printed. It fails with that when it ends with another code than 0. */
async function run(script: string | null, parameters: string[]): Promise<string> {
  const program = script === null ? parameters : [join(repository, script), ...parameters];
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...environment } = process.env;
  try {
    return (await promisify(execFile)(process.execPath, program, { cwd: project, env: environment, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout.slice(0, 8000)}\n${stderr.slice(0, 4000)}`, { cause: error });
  }
}
