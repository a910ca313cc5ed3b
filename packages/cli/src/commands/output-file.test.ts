import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeOutput } from './output-file.ts';

describe.skipIf(process.platform === 'win32')('a file that an option names', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'calve-output-'));
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });
  const write = (output: string) => writeOutput('new', 'the plan', '--output', output, folder);

  it('is replaced, with the rights that it had, and nothing is left beside it', async () => {
    writeFileSync(join(folder, 'a.json'), 'old and longer');
    chmodSync(join(folder, 'a.json'), 0o640);
    await write('a.json');
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('is replaced where a link points to, and the link stays', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'a.json'), 'old');
    symlinkSync(join('elsewhere', 'a.json'), join(folder, 'link.json'));
    await write('link.json');
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'elsewhere', 'a.json'), 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['a.json']);
  });

  it('is written to and never replaced when it is a device', async () => {
    await write('/dev/null');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is written also when its folder may not be written', async () => {
    writeFileSync(join(folder, 'a.json'), 'old');
    chmodSync(folder, 0o500);
    await write('a.json');
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('new');
  });
});
