import type { Plugin } from './context/plugin.ts';
import type { FormatPlugin } from './format/format.ts';
import type { SinkPlugin } from './sink/sink.ts';
import type { SourcePlugin } from './source/source.ts';

/**
 * The plugins of one Calve instance by the key that specs name them with. Its type carries the keys and the option types into the
 * builder. Plugins of any option types fit, since their methods are compared bivariantly; core hands a plugin only options that its own
 * schema gave back.
 */
export interface CalveRegistry {
  sources: Record<string, SourcePlugin<unknown, unknown>>;
  formats: Record<string, FormatPlugin<unknown, unknown>>;
  sinks: Record<string, SinkPlugin<unknown, unknown>>;
}

/** What a user may write as options of a plugin, defaults not yet applied. */
export type OptionsInput<P extends Plugin<unknown, unknown>> = Exclude<P['~input'], undefined>;

/** The options as arguments: they may be left out when the plugin needs none of them. */
export type OptionsArguments<P extends Plugin<unknown, unknown>> =
  Record<never, never> extends OptionsInput<P> ? [options?: OptionsInput<P>] : [options: OptionsInput<P>];
