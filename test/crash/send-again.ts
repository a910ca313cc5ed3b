import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Sends each file of the landing folder a second time: with the same records and another content, once a process has seen it before. What is loaded
 * again has to take the place of what it was, or its records are there twice.
 */
export function sendAgain(folder: string): void {
  const landing = join(folder, 'landing');
  const seen = join(folder, 'seen');
  mkdirSync(seen, { recursive: true });
  for (const name of readdirSync(landing).filter((file) => file.endsWith('.csv'))) {
    const [first, second] = [join(seen, `${name}.first`), join(seen, `${name}.second`)];
    if (!existsSync(first)) writeFileSync(first, '');
    else if (!existsSync(second)) {
      const waiting = join(folder, `${name}.waiting`);
      writeFileSync(waiting, `${readFileSync(join(landing, name), 'utf8')}\n`);
      renameSync(waiting, join(landing, name));
      writeFileSync(second, '');
    }
  }
}
