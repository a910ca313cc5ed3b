import { describe, expect, it } from 'vitest';
import { main, type Shell } from './main.ts';

async function runIn(changes: Partial<Shell>): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const code = await main({
    words: ['explain', 'plan.json'],
    workingDirectory: '/',
    version: '1.2.3',
    program: 'calve',
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    signal: new AbortController().signal,
    isDebugging: false,
    ...changes,
  });
  return { code, ...written };
}

/** No folder at all: something that nobody foresaw. */
const broken = { workingDirectory: 7 as never };

describe('main', () => {
  it('tells a defect in one line, without a stack', async () => {
    const { code, stdout, stderr } = await runIn(broken);
    expect(stderr).toMatch(/^error ERR_INVALID_ARG_TYPE: .* This is a defect of Calve: please report .*\n$/);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('shows the stack to whoever asks for it', async () => {
    const { stderr } = await runIn({ ...broken, isDebugging: true });
    expect(stderr).toMatch(/^ {4}at .*read-json-file/m);
  });

  it('gives a document for a defect too', async () => {
    const { stdout } = await runIn({ ...broken, words: ['explain', 'plan.json', '--json'] });
    expect(JSON.parse(stdout)).toMatchObject({ command: 'explain', exitCode: 1, explanation: null });
  });

  it('makes way on a terminal, where a progress line may be open', async () => {
    let stderr = '';
    await runIn({ words: ['rum'], stderr: { isTTY: true, write: (text) => (stderr += text) } });
    expect(stderr.startsWith('\r\u001b[2Kerror ')).toBe(true);
  });

  it('tells the version', async () => {
    expect(await runIn({ words: ['--version'] })).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });
});
