import type { OptionSchema } from '../context/plugin.ts';

/** What the spec needs to know of a plugin: how its options are checked. */
export interface PluginLike {
  readonly options: OptionSchema<unknown>;
}

/** What the spec needs to know of a sink. */
export interface SinkLike extends PluginLike {
  readonly modes: readonly string[];
  /** Rows of one file can be taken out of a table. Default no. */
  readonly replacesFiles?: boolean;
}

/** The plugins that a spec may name, by key. A `CalveRegistry` is one. */
export interface SpecRegistry {
  readonly sources: Readonly<Record<string, PluginLike>>;
  readonly formats: Readonly<Record<string, PluginLike>>;
  readonly sinks: Readonly<Record<string, SinkLike>>;
}
