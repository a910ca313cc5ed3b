import type { CallContext } from '../context/call-context.ts';
import type { Decoder } from '../format/format.ts';
import { type CalveConfiguration, pluginOf } from './calve-configuration.ts';

/** The decoder of a format, in this process or in one of its own, as the host wants it. */
export async function openDecoder(configuration: CalveConfiguration, format: string, context: CallContext): Promise<Decoder> {
  const { decoder } = pluginOf('format', configuration.formats, format);
  const { decodeProcesses } = configuration;
  if (!decodeProcesses) return decoder.create(context, undefined);
  const { module, exportName, config } = decoder;
  return decodeProcesses.decoder({ module, exportName, config });
}
