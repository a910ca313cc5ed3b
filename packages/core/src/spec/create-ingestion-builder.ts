import type { CalveRegistry } from '../create-calve-types.ts';
import type { Json } from '../json/json.ts';
import { copyPlainJson } from './copy-plain-json.ts';
import { MAIN_OUTPUT, REJECTED_OUTPUT } from './default-values.ts';
import { specInvalid } from './format-issues.ts';
import type { IngestionBuilder, OutputSettings } from './ingestion-builder.ts';
import type { ColumnSpec, IngestionSpec, InputSpec, LimitsSpec, SchemaPolicy } from './ingestion-spec.ts';
import { parseIngestionSpec } from './parse-ingestion-spec.ts';
import { validateOptions } from './validate-options.ts';

/** What was said so far: members of the spec as the user would write them, and the target of `.into()`. */
interface Draft {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly input: Readonly<Record<string, unknown>>;
  readonly columns: unknown;
  readonly target?: { readonly sink: string; readonly options: unknown; readonly settings: OutputSettings };
}

/**
 * A builder that knows the keys and option types of a registry.
 *
 * @param id Of the ingestion, 1-64 letters, digits, `_` or `-`: the ledger belongs to it.
 */
export function createIngestionBuilder<Registry extends CalveRegistry>(
  registry: Registry,
  id: string,
): IngestionBuilder<Registry> {
  const builder = new DraftBuilder(registry, { spec: { specVersion: 1, id }, input: {}, columns: {} });
  // The same object in every state: which calls are missing is known to the compiler only.
  return builder as unknown as IngestionBuilder<Registry>;
}

class DraftBuilder implements IngestionBuilder<CalveRegistry, never> {
  readonly #registry: CalveRegistry;
  readonly #draft: Draft;

  constructor(registry: CalveRegistry, draft: Draft) {
    this.#registry = registry;
    this.#draft = draft;
  }

  from(source: string, options: unknown = {}): DraftBuilder {
    return this.#input({ source, options: snapshot(options) });
  }

  as(name: string, options: unknown = {}): DraftBuilder {
    return this.#input({ format: { name, options: snapshot(options) } });
  }

  detect(options?: unknown): DraftBuilder {
    return this.#input({ format: options === undefined ? 'detect' : { detect: snapshot(options) } });
  }

  columns(columns: Record<string, ColumnSpec>): DraftBuilder {
    return new DraftBuilder(this.#registry, { ...this.#draft, columns: snapshot(columns) });
  }

  into(sink: string, options: unknown, settings: OutputSettings = {}): DraftBuilder {
    const target = { sink, options: snapshot(options), settings: snapshot(settings) as OutputSettings };
    return new DraftBuilder(this.#registry, { ...this.#draft, target });
  }

  schema(policy: Partial<SchemaPolicy>): DraftBuilder {
    return this.#spec({ schema: snapshot(policy) });
  }

  limits(limits: Partial<LimitsSpec>): DraftBuilder {
    return this.#spec({ limits: snapshot(limits) });
  }

  onChanged(onChanged: InputSpec['onChanged']): DraftBuilder {
    return this.#input({ onChanged });
  }

  onSameContent(onSameContent: InputSpec['onSameContent']): DraftBuilder {
    return this.#input({ onSameContent });
  }

  settle(settleSeconds: number): DraftBuilder {
    return this.#input({ settleSeconds });
  }

  since(since: string): DraftBuilder {
    return this.#input({ since });
  }

  labels(labels: Record<string, string>): DraftBuilder {
    return this.#spec({ labels: snapshot(labels) });
  }

  build(): IngestionSpec {
    const { spec, input } = this.#draft;
    const result = parseIngestionSpec({ ...spec, input, outputs: this.#outputs() }, this.#registry);
    if ('issues' in result) throw specInvalid(result.issues);
    return result.spec;
  }

  #spec(members: Record<string, unknown>): DraftBuilder {
    return new DraftBuilder(this.#registry, { ...this.#draft, spec: { ...this.#draft.spec, ...members } });
  }

  #input(members: Record<string, unknown>): DraftBuilder {
    return new DraftBuilder(this.#registry, { ...this.#draft, input: { ...this.#draft.input, ...members } });
  }

  /** The table, and its quarantine as soon as the sink can say where that is. */
  #outputs(): unknown[] {
    const { target, columns } = this.#draft;
    if (target === undefined) return [];
    const { sink, options, settings } = target;
    const { name = MAIN_OUTPUT, provenance, mode: kind, keys, newest, flatten, explode } = settings;
    const rows = explode === undefined ? 'accepted' : { explode };
    const main = { name, sink, options, rows, flatten, columns, provenance, ...(kind && { mode: { kind, keys, newest } }) };
    const plugin = Object.hasOwn(this.#registry.sinks, sink) ? this.#registry.sinks[sink] : undefined;
    const plain = copyPlainJson(options);
    if (plugin === undefined || plain.issues.length > 0) return [main];
    const validated = validateOptions(plugin, plain.value, ['outputs', 0, 'options']);
    if ('issues' in validated) return [main];
    return [main, { name: REJECTED_OUTPUT, sink, options: plugin.quarantine(validated.value), rows: 'rejected', provenance }];
  }
}

/** A copy that later changes of the argument do not reach. What is no plain JSON stays as it is, for the parser to point at. */
function snapshot(value: unknown): Json | unknown {
  const copy = copyPlainJson(value);
  return copy.issues.length === 0 ? copy.value : value;
}
