import type { Int64, Json } from '@calve/core/plugin';
import { CalveError, z } from '@calve/core/plugin';
import type { TableCommit } from '../catalog/catalog.ts';
import { exactJsonText, parseExactJson } from '../metadata/exact-json.ts';
import type { TableIdentifier } from '../spec/table-identifier.ts';

/** Everything that one request to the catalog needs. */
export interface CommitRequest {
  identifier: TableIdentifier;
  /** Of the snapshot that the commit adds. */
  snapshot: Int64;
  commit: TableCommit;
  /** Tries out whether the catalog takes our property; the evidence is in a tag as well. */
  triesProperty: boolean;
}

const shape = z.strictObject({
  identifier: z.strictObject({ namespace: z.array(z.string()).min(1), name: z.string() }),
  snapshot: z.string().regex(/^\d+$/),
  /** Exact JSON text: its 64-bit integers would not survive as JSON numbers. */
  commit: z.string(),
  triesProperty: z.boolean(),
});

/** The request as plain JSON, which can be journaled and sent by another process. */
export function writeRequest(request: CommitRequest): Json {
  const { identifier, snapshot, commit, triesProperty } = request;
  const { namespace, name } = identifier;
  return { identifier: { namespace: [...namespace], name }, snapshot, commit: exactJsonText(commit), triesProperty };
}

/** The request that `writeRequest` wrote. @throws {CalveError} `INTERNAL`: it is something else. */
export function readRequest(json: Json): CommitRequest {
  const parsed = shape.safeParse(json, { jitless: true });
  if (!parsed.success)
    throw new CalveError('INTERNAL', 'The commit request was not made by the prepare step of this sink.', {
      cause: parsed.error,
    });
  return { ...parsed.data, commit: parseExactJson(parsed.data.commit) as TableCommit };
}
