// `./dev pack <folder>`: builds all packages, where that is needed, and puts their tarballs into a folder of the caller.
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { packPackages } from '../test/packed/pack-packages.ts';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-') || rest.length > 0) {
  process.stderr.write('Usage: ./dev pack <folder>\n');
  process.exitCode = 2;
} else {
  const home = resolve(folder);
  mkdirSync(home, { recursive: true });
  const tarballs = Object.values(await packPackages());
  for (const path of tarballs) copyFileSync(path, join(home, basename(path)));
  const names = tarballs.map((path) => basename(path)).join(', ');
  process.stdout.write(`${home}: ${names}\nInstall them together, in another project: npm install ${folder}/*.tgz\n`);
}
