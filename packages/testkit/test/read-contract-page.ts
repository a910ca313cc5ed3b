import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One row of the table of cases. */
export interface DocumentedCase {
  title: string;
  /** What of the contract it tries, word for word. */
  sentences: string[];
}

/** A page of `docs/contracts`. */
export interface ContractPage {
  /** Everything above the table, in one line. */
  prose: string;
  cases: DocumentedCase[];
  /** Blocks of TypeScript, by the file name in backquotes that stands before each. */
  snippets: Map<string, string>;
}

/** Reads `docs/contracts/<name>.md`. */
export function readContractPage(name: string): ContractPage {
  const text = readFileSync(fileURLToPath(new URL(`../../../docs/contracts/${name}.md`, import.meta.url)), 'utf8');
  const [prose = '', table = ''] = text.split('\n### Cases\n');
  // Without the names of the columns and the line below them.
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return {
    prose: oneLine(prose),
    cases: rows.map((row) => {
      const [sentences = '', title = ''] = row.replaceAll(/^\||\|$/g, '').split(' | ');
      return { title: title.trim(), sentences: sentences.split('<br>').map(oneLine) };
    }),
    snippets: snippetsOf(text),
  };
}

/** Blocks of TypeScript of a document, by the file name in backquotes that stands before each. */
export function readSnippets(path: string): Map<string, string> {
  return snippetsOf(readFileSync(path, 'utf8'));
}

function snippetsOf(text: string): Map<string, string> {
  const snippets = new Map<string, string>();
  let before = 0;
  for (const block of text.matchAll(/^```ts\n(.*?)^```$/gms)) {
    const names = [...text.slice(before, block.index).matchAll(/`([\w.-]+\.ts)`/g)];
    const name = names.at(-1)?.[1];
    if (name === undefined) throw new TypeError('a block of TypeScript has no file name before it');
    snippets.set(name, block[1]!);
    before = block.index + block[0].length;
  }
  return snippets;
}

/** The doc comments of files in `packages/core/src`, in one line each comment, tags and stars removed. */
export function readContract(files: readonly string[]): string {
  return files
    .map((file) => readFileSync(fileURLToPath(new URL(`../../core/src/${file}`, import.meta.url)), 'utf8'))
    .flatMap((text) => text.match(/\/\*\*.*?\*\//gs) ?? [])
    .map((comment) => oneLine(comment.replaceAll(/^\s*\/?\*+\/?|\*\/$/gm, ' ').replaceAll(/@(param|returns|throws)\b/g, ' ')))
    .join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
