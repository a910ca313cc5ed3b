import { decodedPath } from '../source/file-name.ts';

/** Examples per group. */
const EXAMPLES = 3;
/** Sources may give reasons that differ from file to file; beyond this many, what is left is told apart by its kind only. */
const MOST_GROUPS = 100;
/** Folders above a file that its reason may name with it. */
const MOST_LEVELS = 12;
/** Their reasons hold the time of each file. */
const TOLD_BY_KIND = new Set(['settling', 'too-old']);

interface Group {
  reason: string;
  count: number;
  examples: string[];
}

/** What a listing left out, by reason: a million files that do not fit the pattern are one line, and take the memory of one. */
export class SkippedGroups {
  readonly #groups = new Map<string, Group>();
  readonly #kinds = new Set<string>();

  /** @param reason A sentence, which may name the file. */
  add(kind: string, reason: string, uri: string): void {
    this.#kinds.add(kind);
    const shared = withoutName(reason, uri);
    const known = this.#groups.get(TOLD_BY_KIND.has(kind) ? kind : shared);
    const group = known ?? (this.#groups.size < MOST_GROUPS ? this.#start(kind, shared) : this.#rest(kind));
    group.count += 1;
    if (group.examples.length < EXAMPLES) group.examples.push(uri);
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  /** In the order in which their first files were listed. */
  groups(): Group[] {
    return [...this.#groups.values()];
  }

  #start(kind: string, reason: string): Group {
    const group: Group = { reason, count: 0, examples: [] };
    this.#groups.set(TOLD_BY_KIND.has(kind) ? kind : reason, group);
    return group;
  }

  #rest(kind: string): Group {
    const name = `rest ${kind}`;
    const group = this.#groups.get(name) ?? { reason: `left out for reasons of the kind "${kind}"`, count: 0, examples: [] };
    this.#groups.set(name, group);
    return group;
  }
}

/** Sources put the path or a part of it into the reason, in quotes. Names may hold quotes themselves, so it is the path that is looked for. */
function withoutName(reason: string, uri: string): string {
  if (!reason.includes('"')) return reason;
  const names = decodedPath(uri).split('/');
  if (names.at(-1) === '') names.pop();
  const last = names.slice(-MOST_LEVELS);
  for (let end = last.length; end > 0; end -= 1) {
    for (let start = 0; start < end; start += 1) {
      const quoted = `"${last.slice(start, end).join('/')}"`;
      const at = quoted === '""' ? -1 : reason.indexOf(quoted);
      if (at < 0) continue;
      const before = reason.slice(0, at);
      const after = reason.slice(at + quoted.length);
      return before.endsWith(' ') ? `${before.slice(0, -1)}${after}` : before + after.trimStart();
    }
  }
  return reason;
}
