import type { TableIdentifier } from '../spec/table-identifier.ts';
import type { Catalog } from './catalog.ts';

/**
 * The part of a catalog that lies below a namespace, as a catalog of its own: no name reaches a table elsewhere.
 *
 * @param namespace Its levels, outermost first; none gives the catalog as it is.
 */
export function catalogBelow(catalog: Catalog, namespace: readonly string[]): Catalog {
  if (namespace.length === 0) return catalog;
  const whole = (identifier: TableIdentifier): TableIdentifier => ({
    namespace: [...namespace, ...identifier.namespace],
    name: identifier.name,
  });
  return {
    ...(catalog.evidence && { evidence: catalog.evidence }),
    load: (identifier) => catalog.load(whole(identifier)),
    async list() {
      const below = (await catalog.list()).filter((found) => namespace.every((level, at) => found.namespace[at] === level));
      return below.map(({ namespace: levels, name }) => ({ namespace: levels.slice(namespace.length), name }));
    },
    commit: (identifier, commit, environment) => catalog.commit(whole(identifier), commit, environment),
    close: () => catalog.close(),
  };
}
