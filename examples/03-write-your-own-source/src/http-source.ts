import type {
  CallContext,
  Diagnostic,
  ExternalAccess,
  Json,
  ListPage,
  ListRequest,
  ObjectSession,
  ObjectUnit,
  SourcePlugin,
} from '@calve/core/plugin';
import * as z from 'zod';
import { HttpClient } from './http-client.ts';
import { rootOf } from './http-place.ts';
import { type HttpOptions, type HttpOptionsInput, type HttpSourceOptions, httpOptionsSchema } from './http-source-options.ts';
import { listHttpObjects } from './list-http-objects.ts';
import { mapHttpError } from './map-http-error.ts';
import { openHttpObject } from './open-http-object.ts';

/**
 * The files of a folder that a web server lists: nginx, Apache, `python3 -m http.server`. ETag, or date and size, are the version.
 *
 * @example
 * createCalve({ sources: { web: httpSource() }, … });
 */
export function httpSource(options: HttpSourceOptions = {}): SourcePlugin<HttpOptions, HttpOptionsInput> {
  return {
    contract: 'source/1',
    name: 'http',
    version: '0.1.0',
    options: {
      jsonSchema: JSON.parse(JSON.stringify(z.toJSONSchema(httpOptionsSchema, { io: 'input' }))) as Json,
      '~standard': httpOptionsSchema['~standard'],
    },
    async connect(chosen: HttpOptions, context: CallContext) {
      const client = new HttpClient(rootOf(chosen.url), options.fetch ?? fetch, context.environment);
      await client.index(client.root, 'list', context.signal);
      return new HttpSession(client, chosen, context);
    },
  };
}

class HttpSession implements ObjectSession {
  readonly kind = 'objects';
  readonly #client: HttpClient;
  readonly #options: HttpOptions;
  readonly #context: CallContext;

  constructor(client: HttpClient, options: HttpOptions, context: CallContext) {
    this.#client = client;
    this.#options = options;
    this.#context = context;
  }

  list(request: ListRequest): AsyncIterable<ListPage> {
    return listHttpObjects(this.#client, this.#options, request, this.#context.environment);
  }

  open(unit: ObjectUnit, context: CallContext): ReturnType<ObjectSession['open']> {
    return openHttpObject(this.#client, unit, context.signal);
  }

  async check(): Promise<Diagnostic[]> {
    try {
      await this.#client.index(this.#client.root, 'list', this.#context.signal);
      return [];
    } catch (error) {
      const { code, message } = mapHttpError(error, this.#client.root, 'list');
      return [{ code, severity: 'error', message }];
    }
  }

  externalAccess(): ExternalAccess {
    return { kind: 'none', reason: 'Spark has no file system for the folders of web servers.' };
  }

  /** Every request belongs to a reader or a listing, which end it. */
  async close(): Promise<void> {}
}
