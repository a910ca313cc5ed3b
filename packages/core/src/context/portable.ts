import type { Json } from '../json/json.ts';
import type { CallContext } from './call-context.ts';
import { moduleNotFound } from './module-beside.ts';

/**
 * The half of a plugin that can be rebuilt in a worker thread or child process from module, export name and JSON: no closure, no
 * client, no secret. Core rebuilds the context there and hands in the `ports` that reach back to the session.
 */
export interface Portable<T, P = undefined> {
  /**
   * A file URL that the plugin resolves in its own package, since a bare name imported by core is not found under a strict
   * node_modules. Made per process, never stored in a plan. A getter that calls `moduleBeside`: reading it throws in a bundle.
   */
  module: string;
  /** The export is `(config, context, ports) => Promise<T>`. */
  exportName: string;
  config: Json;
  /** The same thing in this thread. */
  create(context: CallContext, ports: P): Promise<T>;
}

/** What another thread or process needs to know of a `Portable`: plain JSON. */
export type PortableDescription = Pick<Portable<unknown>, 'module' | 'exportName' | 'config'>;

/** The shape of the export that a `Portable` names. */
export type PortableFactory<T, P = undefined> = (config: Json, context: CallContext, ports: P) => Promise<T>;

/**
 * Rebuilds a portable half where it is needed: imports `module` and calls its export.
 *
 * @param description The `Portable` of another thread without its function: plain JSON.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): there is no such file, as in a bundle.
 */
export async function rebuildPortable<T, P = undefined>(
  description: PortableDescription,
  context: CallContext,
  ports: P,
): Promise<T> {
  const module = (await importModule(description.module)) as Record<string, PortableFactory<T, P> | undefined>;
  const factory = module[description.exportName];
  if (!factory) throw new TypeError(`${description.module} has no export "${description.exportName}"`);
  return factory(description.config, context, ports);
}

async function importModule(module: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ module);
  } catch (error) {
    // Only where this very file is missing; what is wrong inside a module that is there is its author's to read as it is.
    const { code, url } = error as { code?: string; url?: string };
    throw code === 'ERR_MODULE_NOT_FOUND' && url === module ? moduleNotFound(module, error) : error;
  }
}
