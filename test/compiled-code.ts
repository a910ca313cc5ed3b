import { join } from 'node:path';
import { cacheFolder } from './readers/readers-status.ts';

/**
 * Variables with which Node and Python keep compiled code, and types that were stripped, for all processes that tests start: each loads what others
 * have loaded, and compiling it takes longer than most of what they do. Without them PyIceberg takes three times as long to start where
 * nobody compiled its packages.
 */
export function compiledCodeVariables(): Record<string, string> {
  const folder = join(cacheFolder(), 'compiled');
  return {
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? folder,
    PYTHONPYCACHEPREFIX: process.env['PYTHONPYCACHEPREFIX'] ?? join(folder, 'python'),
    // Nothing is written beside the sources.
    PYTHONDONTWRITEBYTECODE: '',
  };
}

export default function compiledCode(): void {
  Object.assign(process.env, compiledCodeVariables());
}
