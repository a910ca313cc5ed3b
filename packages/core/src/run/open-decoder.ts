import type { CallContext } from '../context/call-context.ts';
import type { Decoder } from '../format/format.ts';
import { type CalveConfiguration, pluginOf } from './calve-configuration.ts';

/** The decoders of this process that a run has opened: whole folders of small files are read with one. */
const opened = new WeakMap<CallContext, Map<CalveConfiguration['formats'][string], Promise<Decoder>>>();

/** The decoder of a format, in this process or in one of its own, as the host wants it. In this process the same one for the whole run. */
export function openDecoder(configuration: CalveConfiguration, format: string, context: CallContext): Promise<Decoder> {
  const plugin = pluginOf('format', configuration.formats, format);
  const { decodeProcesses } = configuration;
  if (decodeProcesses) {
    const { module, exportName, config } = plugin.decoder;
    return Promise.resolve(decodeProcesses.decoder({ module, exportName, config }));
  }
  const ofRun = opened.get(context) ?? new Map<typeof plugin, Promise<Decoder>>();
  opened.set(context, ofRun);
  const known = ofRun.get(plugin);
  if (known) return known;
  const decoder = plugin.decoder.create(context, undefined);
  ofRun.set(plugin, decoder);
  // What could not be loaded may be there the next time.
  decoder.catch(() => ofRun.delete(plugin));
  return decoder;
}
