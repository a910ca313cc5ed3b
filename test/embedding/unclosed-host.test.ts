import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./unclosed-host.ts', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calve-unclosed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a host prints that uses Calve and never closes it, and how it ends. A host that does not end fails the test by its time limit. */
function hostThat(act: string, isolation: string): Promise<{ code: number | null; lines: string[]; errors: string }> {
  return new Promise((resolve) => {
    const host = spawn(process.execPath, ['--conditions=calve-source', program, folder, isolation, act], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { output: '', errors: '' };
    host.stdout.on('data', (chunk) => {
      texts.output += chunk;
    });
    host.stderr.on('data', (chunk) => {
      texts.errors += chunk;
    });
    host.on('close', (code) => resolve({ code, lines: texts.output.trimEnd().split('\n'), errors: texts.errors }));
  });
}

describe.each(['inline', 'process'])('a host that does not close Calve (decoders: %s)', (isolation) => {
  it.each([
    ['run', ['committed', 'exit']],
    ['look', ['1', '2', '0', 'exit']],
    ['run bad', ['UNITS_SET_ASIDE', 'exit']],
    ['cancel', ['CANCELLED', 'exit']],
  ])('ends by itself after it did "%s"', async (act, lines) => {
    expect(await hostThat(act, isolation)).toEqual({ code: 0, lines, errors: '' });
  });
});

describe('a host that does not wait for a run', () => {
  it('is not ended by the failure when it has looked at the events', async () => {
    expect(await hostThat('break bad', 'inline')).toEqual({ code: 0, lines: ['run-started', 'exit'], errors: '' });
  });

  it('lives until the run has ended, and hears nothing of a good end', async () => {
    expect(await hostThat('ignore', 'inline')).toEqual({ code: 0, lines: ['exit'], errors: '' });
    // Of what was committed after the last line of the program there is nothing left to load.
    expect(await hostThat('run', 'inline')).toMatchObject({ lines: ['nothing-new', 'exit'] });
  });

  it('is told by Node when a run failed that nobody looks at: an ignored result cannot hide a loss', async () => {
    const { code, errors } = await hostThat('ignore bad', 'inline');
    expect(code).toBe(1);
    expect(errors).toContain('UNITS_SET_ASIDE');
  });
});

describe('a plugin that throws where no promise of it can hear', () => {
  it('throws at the host, whose handler decides; the run goes on', async () => {
    const { code, lines } = await hostThat('careless', 'inline');
    expect(code).toBe(0);
    expect(lines.sort()).toEqual(['committed', 'exit', 'thrown in a timer']);
  });
});
