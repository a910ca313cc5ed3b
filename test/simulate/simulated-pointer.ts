// Stands in for the SQLite file of the catalog: the pointers of a history, moved by compare-and-set. See simulated-modules.ts.

type Identifier = { namespace: readonly string[]; name: string };

let pointers = new Map<string, string>();

/** Begins with a catalog that has no tables. @returns Its pointers: name of a table to the URI of its metadata. */
export function emptyPointers(): ReadonlyMap<string, string> {
  pointers = new Map();
  return pointers;
}

export class SqliteFile {
  pointer(identifier: Identifier): string | null {
    return pointers.get(textOf(identifier)) ?? null;
  }

  identifiers(): Identifier[] {
    return [...pointers.keys()]
      .sort()
      .map((text) => ({ namespace: text.split('.').slice(0, -1), name: text.split('.').at(-1) ?? '' }));
  }

  swap(identifier: Identifier, previous: string | null, next: string): { kind: 'moved' } | { kind: 'lost'; reason: string } {
    if (this.pointer(identifier) !== previous) return { kind: 'lost', reason: 'another commit was first' };
    pointers.set(textOf(identifier), next);
    return { kind: 'moved' };
  }

  close(): void {}
}

function textOf({ namespace, name }: Identifier): string {
  return [...namespace, name].join('.');
}
